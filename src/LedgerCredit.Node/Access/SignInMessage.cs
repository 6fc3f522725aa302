using System.Globalization;
using System.Text;
using LedgerCredit.Ethereum;

namespace LedgerCredit.Node.Access;

/// <summary>A sign-in message of EIP-4361 version 1, as an account signs it.</summary>
/// <remarks>
/// <code>
/// [scheme://]domain wants you to sign in with your Ethereum account:
/// address (EIP-55)
///
/// [statement]
///
/// URI: uri
/// Version: 1
/// Chain ID: n
/// Nonce: …
/// Issued At: …
/// [Expiration Time: …]
/// [Not Before: …]
/// [Request ID: …]
/// [Resources:
/// - uri …]
/// </code>
/// Without a statement there are two empty lines between address and URI. <see cref="SignInMessageReader.TryParse"/> reads exactly what
/// <see cref="Format"/> writes.
/// </remarks>
public sealed record SignInMessage
{
    /// <summary>The scheme of the origin that asks, or null where it is not stated.</summary>
    public string? Scheme { get; init; }

    /// <summary>The authority (RFC 3986) that asks: a host, perhaps with a port.</summary>
    public required string Domain { get; init; }

    /// <summary>The account that signs.</summary>
    public required Address Address { get; init; }

    /// <summary>What the signer agrees to, or null.</summary>
    public string? Statement { get; init; }

    /// <summary>What is signed in to.</summary>
    public required string Uri { get; init; }

    /// <summary>The ledger.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>At least eight letters and digits.</summary>
    public required string Nonce { get; init; }

    /// <summary>When it was made (RFC 3339), verbatim.</summary>
    public required string IssuedAt { get; init; }

    /// <summary>From when on it is not accepted, or null.</summary>
    public string? ExpirationTime { get; init; }

    /// <summary>Before when it is not accepted, or null.</summary>
    public string? NotBefore { get; init; }

    /// <summary>The relying party's own mark, or null; may be empty.</summary>
    public string? RequestId { get; init; }

    /// <summary>References, or null where there is no such part; may be empty.</summary>
    public IReadOnlyList<string>? Resources { get; init; }

    /// <summary>The text that is signed. Lines end with a line feed, the last one with nothing.</summary>
    public string Format()
    {
        StringBuilder text = new();
        if (Scheme is not null)
        {
            text.Append(Scheme).Append("://");
        }

        text.Append(Domain).Append(SignInMessageReader.Opening).Append('\n');
        text.Append(Address.ToString()).Append("\n\n");
        if (Statement is not null)
        {
            text.Append(Statement).Append('\n');
        }

        text.Append('\n');
        text.Append("URI: ").Append(Uri).Append('\n');
        text.Append("Version: 1\n");
        text.Append(CultureInfo.InvariantCulture, $"Chain ID: {ChainId}\n");
        text.Append("Nonce: ").Append(Nonce).Append('\n');
        text.Append("Issued At: ").Append(IssuedAt);
        AppendOptional(text, "Expiration Time: ", ExpirationTime);
        AppendOptional(text, "Not Before: ", NotBefore);
        AppendOptional(text, "Request ID: ", RequestId);
        if (Resources is not null)
        {
            text.Append("\nResources:");
            foreach (string resource in Resources)
            {
                text.Append("\n- ").Append(resource);
            }
        }

        return text.ToString();
    }

    private static void AppendOptional(StringBuilder text, string label, string? value)
    {
        if (value is not null)
        {
            text.Append('\n').Append(label).Append(value);
        }
    }
}
