using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Outbox;

/// <summary>The header fields that prove who sent a webhook, and that nobody changed it.</summary>
/// <param name="ContentDigest">Value of <c>Content-Digest</c> (RFC 9530).</param>
/// <param name="SignatureInput">Value of <c>Signature-Input</c> (RFC 9421).</param>
/// <param name="Signature">Value of <c>Signature</c> (RFC 9421).</param>
public sealed record WebhookSignature(string ContentDigest, string SignatureInput, string Signature);

/// <summary>Signs webhooks: HTTP message signatures with Ed25519 (RFC 9421) over a digest of the body (RFC 9530).</summary>
/// <remarks>docs/spec/webhooks.md section 3 says what is signed, and how receivers check it.</remarks>
/// <param name="key">The key; not disposed of here.</param>
/// <param name="timeProvider">The clock of <c>created</c>.</param>
/// <param name="random">Where nonces come from.</param>
public sealed class WebhookSigner(Ed25519Key key, TimeProvider timeProvider, RandomNumberGenerator random)
{
    /// <summary>The media type of the body: one CloudEvent in structured mode.</summary>
    public const string ContentType = "application/cloudevents+json";

    /// <summary>The signature's label in both header fields.</summary>
    public const string Label = "ledgercredit";

    /// <summary>The signature's <c>tag</c>: no signature that this key makes for another purpose has it.</summary>
    public const string Tag = "ledgercredit-webhook-1";

    private const string Components = """("@method" "@target-uri" "content-type" "content-digest")""";
    private const int NonceBytes = 16;

    private readonly string _keyId = WebhookKey.IdOf(key.PublicKey);

    /// <summary>Signs one attempt to deliver a body.</summary>
    /// <param name="target">Where it is sent to, by <c>POST</c>.</param>
    /// <param name="body">The body's bytes.</param>
    public WebhookSignature Sign(Uri target, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(target);
        string digest = $"sha-256=:{Base64Text.Encode(Sha256.Hash(body).AsSpan())}:";
        string created = timeProvider.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Span<byte> nonce = stackalloc byte[NonceBytes];
        random.GetBytes(nonce);
        string parameters = $"""{Components};keyid="{_keyId}";alg="ed25519";nonce="{Base64Text.EncodeUrl(nonce)}";tag="{Tag}";created={created}""";

        // RFC 9421 section 2.5: one line for each component in order, the parameters last, and no newline behind them.
        string signatureBase = string.Join(
            '\n',
            "\"@method\": POST",
            $"\"@target-uri\": {target.AbsoluteUri}",
            $"\"content-type\": {ContentType}",
            $"\"content-digest\": {digest}",
            $"\"@signature-params\": {parameters}");
        byte[] signature = key.Sign(Encoding.ASCII.GetBytes(signatureBase));
        return new WebhookSignature(digest, $"{Label}={parameters}", $"{Label}=:{Base64Text.Encode(signature)}:");
    }
}
