using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Node.Outbox;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Outbox;

/// <summary>Signatures of webhooks, by a verifier of the test's own and the examples of the specifications.</summary>
[TestClass]
public sealed class WebhookSignerTests
{
    private static readonly Uri Target = new("https://supervisor.example/hooks/repair?of=all");
    private static readonly byte[] Body = """{"hello": "world"}"""u8.ToArray();

    [TestMethod]
    public void Verifier_ExampleOfTheSpecification_Agrees()
    {
        // RFC 9421 appendix B.1.4 and B.2.6: key, signature base and signature.
        byte[] publicKey = Convert.FromBase64String("MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=");
        const string Base = "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@authority\": example.com\n"
            + "\"content-type\": application/json\n\"content-length\": 18\n\"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" "
            + "\"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"";
        byte[] signature = Convert.FromBase64String("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==");

        Assert.IsTrue(Ed25519.Verify(Bytes32.FromBytes(publicKey.AsSpan(12)), Encoding.ASCII.GetBytes(Base), signature));
    }

    [TestMethod]
    public void Sign_BodyOfTheSpecification_HasItsDigest()
    {
        // RFC 9530 appendix B.1: the body {"hello": "world"} and a newline.
        WebhookSignature signature = Sign([.. Body, (byte)'\n'], TimeProvider.System);

        Assert.AreEqual("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:", signature.ContentDigest);
    }

    [TestMethod]
    public void KeyId_ExampleOfTheSpecification_IsItsThumbprint()
    {
        // RFC 8037 appendix A.3.
        Assert.IsTrue(Base64Text.TryDecodeUrl("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", out byte[]? coordinate));

        Assert.AreEqual("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", WebhookKey.IdOf(Bytes32.FromBytes(coordinate)));
    }

    [TestMethod]
    public void Sign_Request_IsVerifiedByAnIndependentReceiver()
    {
        ManualTimeProvider clock = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        using Ed25519Key key = Key();
        ReceivedRequest request = ToRequest(Sign(Body, clock));

        Assert.IsNull(MessageSignatureVerifier.FindProblem(request, Target.AbsoluteUri, key.PublicKey));
        Assert.AreEqual("1800000000", MessageSignatureVerifier.Parameter(request, "created"));
        Assert.AreEqual(WebhookKey.IdOf(key.PublicKey), MessageSignatureVerifier.Parameter(request, "keyid"));
        Assert.AreEqual("ed25519", MessageSignatureVerifier.Parameter(request, "alg"));
        Assert.AreEqual("ledgercredit-webhook-1", MessageSignatureVerifier.Parameter(request, "tag"));
    }

    [TestMethod]
    public void Sign_Twice_HasAnotherNonce()
    {
        string[] nonces = [.. Enumerable.Range(0, 2).Select(_ => MessageSignatureVerifier.Parameter(ToRequest(Sign(Body, TimeProvider.System)), "nonce"))];

        Assert.AreNotEqual(nonces[0], nonces[1]);
        Assert.AreEqual(22, nonces[0].Length);
    }

    [TestMethod]
    public void Verify_AnythingAltered_IsRefused()
    {
        using Ed25519Key key = Key();
        ReceivedRequest request = ToRequest(Sign(Body, TimeProvider.System));
        string other = Target.AbsoluteUri.Replace("all", "none", StringComparison.Ordinal);
        Dictionary<string, ReceivedRequest> altered = new()
        {
            ["method"] = request with { Method = "PUT" },
            ["body"] = request with { Body = "{}"u8.ToArray() },
            ["type"] = With(request, "content-type", "application/json"),
            ["digest"] = With(request, "content-digest", "sha-256=:AAAA:"),
            ["created"] = With(request, "signature-input", request.Fields["signature-input"].Replace("created=1", "created=2", StringComparison.Ordinal)),
            ["tag"] = With(request, "signature-input", request.Fields["signature-input"].Replace("webhook-1", "webhook-2", StringComparison.Ordinal)),
            ["covered"] = With(request, "signature-input", request.Fields["signature-input"].Replace(" \"content-digest\"", "", StringComparison.Ordinal)),
        };

        Assert.IsNotNull(MessageSignatureVerifier.FindProblem(request, other, key.PublicKey));
        Assert.IsNotNull(MessageSignatureVerifier.FindProblem(request, Target.AbsoluteUri, Sha256.Hash([1])));
        foreach ((string what, ReceivedRequest mutation) in altered)
        {
            Assert.IsNotNull(MessageSignatureVerifier.FindProblem(mutation, Target.AbsoluteUri, key.PublicKey), what);
        }
    }

    private static Ed25519Key Key() => new(Sha256.Hash("seed"u8).AsSpan());

    private static WebhookSignature Sign(byte[] body, TimeProvider clock)
    {
        using Ed25519Key key = Key();
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        return new WebhookSigner(key, clock, random).Sign(Target, body);
    }

    private static ReceivedRequest ToRequest(WebhookSignature signature) => new(
        "POST",
        Target.PathAndQuery,
        new Dictionary<string, string>
        {
            ["content-type"] = "application/cloudevents+json",
            ["content-digest"] = signature.ContentDigest,
            ["signature-input"] = signature.SignatureInput,
            ["signature"] = signature.Signature,
        },
        Body);

    private static ReceivedRequest With(ReceivedRequest request, string field, string value) =>
        request with { Fields = new Dictionary<string, string>(request.Fields) { [field] = value } };
}
