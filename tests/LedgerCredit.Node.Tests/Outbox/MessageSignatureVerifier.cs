using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Outbox;

/// <summary>A receiver's check of a signature, written from RFC 9421 sections 2 and 3.2 and RFC 9530 section 2, not from the signer.</summary>
internal static partial class MessageSignatureVerifier
{
    /// <summary>Says why a request is not signed by a key over what it must cover; null where it is.</summary>
    /// <param name="request">The request as it arrived.</param>
    /// <param name="targetUri">The address that it was sent to, which only the receiver knows for sure.</param>
    /// <param name="publicKey">The sender's key.</param>
    internal static string? FindProblem(ReceivedRequest request, string targetUri, Bytes32 publicKey)
    {
        Match input = SignatureInput().Match(request.Fields["signature-input"]);
        Match signature = Signature().Match(request.Fields["signature"]);
        if (!input.Success || !signature.Success || input.Groups["label"].Value != signature.Groups["label"].Value)
        {
            return "no signature";
        }

        string[] components = [.. input.Groups["components"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Trim('"'))];
        foreach (string required in (string[])["@method", "@target-uri", "content-type", "content-digest"])
        {
            if (!components.Contains(required))
            {
                return $"{required} is not covered";
            }
        }

        StringBuilder text = new();
        foreach (string component in components)
        {
            string value = component switch
            {
                "@method" => request.Method,
                "@target-uri" => targetUri,
                _ => request.Fields[component],
            };
            text.Append('"').Append(component).Append("\": ").Append(value).Append('\n');
        }

        text.Append("\"@signature-params\": ").Append(input.Groups["parameters"].Value);
        if (!Ed25519.Verify(publicKey, Encoding.ASCII.GetBytes(text.ToString()), Convert.FromBase64String(signature.Groups["bytes"].Value)))
        {
            return "the signature is wrong";
        }

        string digest = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(request.Body))}:";
        return request.Fields["content-digest"] == digest ? null : "the body is another";
    }

    /// <summary>A parameter of the signature.</summary>
    internal static string Parameter(ReceivedRequest request, string name) =>
        Regex.Match(request.Fields["signature-input"], $";{name}=\"?([^;\"]*)\"?").Groups[1].Value;

    [GeneratedRegex("""^(?<label>[a-z]+)=(?<parameters>\((?<components>[^)]*)\)[^,]*)$""")]
    private static partial Regex SignatureInput();

    [GeneratedRegex("^(?<label>[a-z]+)=:(?<bytes>[A-Za-z0-9+/=]+):$")]
    private static partial Regex Signature();
}
