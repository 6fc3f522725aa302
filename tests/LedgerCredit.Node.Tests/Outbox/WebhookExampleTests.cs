using System.Text;
using System.Text.Json;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Outbox;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Outbox;

/// <summary>The example of docs/spec/webhooks.md, made by the product and checked as a receiver would.</summary>
[TestClass]
public sealed class WebhookExampleTests
{
    private static readonly Uri Target = new("https://supervisor.example/hooks/repair");

    [TestMethod]
    public void Example_MadeAnew_IsTheOneInTheSpecification()
    {
        using Ed25519Key key = new(Sha256.Hash("example key of docs/spec/webhooks.md"u8).AsSpan());
        DeskOrigin origin = new("example.ledgercredit", 31700, Address.FromBytes(Sha256.Hash("desk"u8).AsSpan()[..Address.Length]));
        EventPosition position = new(1042, Sha256.Hash("block"u8), Sha256.Hash("transaction"u8), 1);
        SupervisoryEvent made = SupervisoryEvent.Make(
            origin,
            new CaseRepairedEvent(7, Sha256.Hash("leaf"u8), default, position),
            1_780_000_000,
            ConsortiumContract.OrganisationId("example-authority"),
            "example-authority");
        using FixedRandom random = new(0x5A);
        WebhookSignature signature = new WebhookSigner(key, new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_780_000_003)), random).Sign(Target, made.Body);
        string request = $"""
            POST {Target.PathAndQuery} HTTP/1.1
            Host: {Target.Host}
            Content-Type: {WebhookSigner.ContentType}
            Content-Length: {made.Body.Length}
            Content-Digest: {signature.ContentDigest}
            Signature-Input: {signature.SignatureInput}
            Signature: {signature.Signature}

            {Encoding.UTF8.GetString(made.Body)}
            """;

        AssertIsFile("webhook.txt", request);
        AssertIsFile("webhook-key.json", Encoding.UTF8.GetString(JsonText.WriteIndented(WebhookKey.ToJwk(key.PublicKey))));
    }

    [TestMethod]
    public void Example_ReadByAReceiver_IsVerified()
    {
        string[] parts = File.ReadAllText(PathOf("webhook.txt")).Split("\n\n", 2);
        Dictionary<string, string> fields = parts[0].Split('\n').Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(field => field[0].ToLowerInvariant(), field => field[1]);
        ReceivedRequest request = new("POST", Target.PathAndQuery, fields, Encoding.UTF8.GetBytes(parts[1]));
        using JsonDocument key = JsonDocument.Parse(File.ReadAllText(PathOf("webhook-key.json")));
        Assert.IsTrue(Base64Text.TryDecodeUrl(key.RootElement.GetProperty("x").GetString(), out byte[]? publicKey));

        Assert.IsNull(MessageSignatureVerifier.FindProblem(request, Target.AbsoluteUri, Bytes32.FromBytes(publicKey)));
        Assert.AreEqual(key.RootElement.GetProperty("kid").GetString(), MessageSignatureVerifier.Parameter(request, "keyid"));
    }

    private static string PathOf(string name) => RepositoryFiles.Path("docs", "spec", "examples", name);

    private static void AssertIsFile(string name, string text)
    {
        if (Environment.GetEnvironmentVariable("LEDGERCREDIT_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(PathOf(name), text);
        }

        Assert.AreEqual(File.ReadAllText(PathOf(name)), text);
    }
}
