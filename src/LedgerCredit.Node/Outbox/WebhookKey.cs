using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Outbox;

/// <summary>The public part of the key that signs webhooks, in the forms that receivers need.</summary>
public static class WebhookKey
{
    /// <summary>The key's id: the SHA-256 thumbprint of its JWK (RFC 7638; RFC 8037 section 2 for this kind of key).</summary>
    public static string IdOf(Bytes32 publicKey) =>
        Base64Text.EncodeUrl(Sha256.Hash(Encoding.ASCII.GetBytes($$"""{"crv":"Ed25519","kty":"OKP","x":"{{CoordinateOf(publicKey)}}"}""")).AsSpan());

    /// <summary>The key as a JWK (RFC 7517, RFC 8037).</summary>
    public static JsonObject ToJwk(Bytes32 publicKey) => new(
        new JsonMember("kty", new JsonString("OKP")),
        new JsonMember("crv", new JsonString("Ed25519")),
        new JsonMember("x", new JsonString(CoordinateOf(publicKey))),
        new JsonMember("kid", new JsonString(IdOf(publicKey))),
        new JsonMember("alg", new JsonString("EdDSA")),
        new JsonMember("use", new JsonString("sig")));

    private static string CoordinateOf(Bytes32 publicKey) => Base64Text.EncodeUrl(publicKey.AsSpan());
}
