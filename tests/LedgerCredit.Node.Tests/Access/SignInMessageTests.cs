using LedgerCredit.Ethereum;
using LedgerCredit.Node.Access;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>Messages of EIP-4361: exactly the form, and no other text.</summary>
[TestClass]
public sealed class SignInMessageTests
{
    // The example of EIP-4361.
    private const string Published =
        "service.org wants you to sign in with your Ethereum account:\n"
        + "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2\n"
        + "\n"
        + "I accept the ServiceOrg Terms of Service: https://service.org/tos\n"
        + "\n"
        + "URI: https://service.org/login\n"
        + "Version: 1\n"
        + "Chain ID: 1\n"
        + "Nonce: 32891756\n"
        + "Issued At: 2021-09-30T16:25:24Z\n"
        + "Resources:\n"
        + "- ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/\n"
        + "- https://example.com/my-web2-claim.json";

    [TestMethod]
    public void TryParse_TheExampleOfTheEip_HasItsFields()
    {
        Assert.IsTrue(SignInMessageReader.TryParse(Published, out SignInMessage? message, out ParseProblem? problem), problem?.ToString());

        Assert.IsNull(message.Scheme);
        Assert.AreEqual("service.org", message.Domain);
        Assert.AreEqual("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", message.Address.ToString());
        Assert.AreEqual("I accept the ServiceOrg Terms of Service: https://service.org/tos", message.Statement);
        Assert.AreEqual("https://service.org/login", message.Uri);
        Assert.AreEqual(1UL, message.ChainId);
        Assert.AreEqual("32891756", message.Nonce);
        Assert.AreEqual("2021-09-30T16:25:24Z", message.IssuedAt);
        Assert.IsNull(message.ExpirationTime);
        Assert.IsNull(message.NotBefore);
        Assert.IsNull(message.RequestId);
        Assert.AreSequenceEqual(
            ["ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/", "https://example.com/my-web2-claim.json"], message.Resources!);
        Assert.AreEqual(Published, message.Format());
    }

    [TestMethod]
    public void Format_OfEveryCombinationOfOptionalParts_IsReadBack()
    {
        for (int parts = 0; parts < 128; parts++)
        {
            SignInMessage message = new()
            {
                Scheme = Has(0) ? "https" : null,
                Domain = "127.0.0.1:8080",
                Address = Address.FromBytes([.. Enumerable.Range(parts, 20).Select(i => (byte)i)]),
                Statement = Has(1) ? Has(6) ? "" : "I agree." : null,
                Uri = "https://127.0.0.1:8080/v1?a=%20#b",
                ChainId = ulong.MaxValue,
                Nonce = "abcdEFGH12",
                IssuedAt = "2026-01-02T03:04:05.678+08:00",
                ExpirationTime = Has(2) ? "2026-01-02T03:14:05Z" : null,
                NotBefore = Has(3) ? "2026-01-02T03:04:05Z" : null,
                RequestId = Has(4) ? Has(6) ? "" : "a@b:%41" : null,
                Resources = Has(5) ? Has(6) ? [] : ["urn:a", "https://b/"] : null,
            };

            string text = message.Format();
            Assert.IsTrue(SignInMessageReader.TryParse(text, out SignInMessage? read, out ParseProblem? problem), $"{parts}: {problem}");

            Assert.AreEqual(text, read.Format());
            Assert.AreEqual(message with { Resources = null }, read with { Resources = null });
            Assert.AreEqual(message.Resources is null, read.Resources is null);
            bool Has(int part) => (parts >> part & 1) == 1;
        }
    }

    [TestMethod]
    [DataRow("service.org wants", " wants", DisplayName = "no domain")]
    [DataRow("service.org wants", "service org wants", DisplayName = "domain with a space")]
    [DataRow("service.org wants", "1https://service.org wants", DisplayName = "bad scheme")]
    [DataRow("service.org wants", "https://a://service.org wants", DisplayName = "two schemes")]
    [DataRow("account:\n", "account: \n", DisplayName = "words behind the opening")]
    [DataRow("Ethereum account", "Bitcoin account", DisplayName = "other words")]
    [DataRow("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", DisplayName = "address without checksum")]
    [DataRow("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756CC2", DisplayName = "address with a wrong checksum")]
    [DataRow("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2\n\n", "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2\n", DisplayName = "no line behind the address")]
    [DataRow("I accept", "我接受", DisplayName = "statement that is not ASCII")]
    [DataRow("I accept", "I%20accept", DisplayName = "statement with an escape")]
    [DataRow("tos\n\nURI", "tos\nURI", DisplayName = "no line behind the statement")]
    [DataRow("tos\n\nURI", "tos\n\n\nURI", DisplayName = "two lines behind the statement")]
    [DataRow("URI: https://service.org/login\n", "URI: service.org/login\n", DisplayName = "URI without a scheme")]
    [DataRow("URI: https://service.org/login\n", "URI: https://service.org/%zz\n", DisplayName = "URI with a bad escape")]
    [DataRow("URI: https://service.org/login\n", "", DisplayName = "no URI")]
    [DataRow("Version: 1", "Version: 2", DisplayName = "another version")]
    [DataRow("Version: 1\nChain ID: 1\n", "Chain ID: 1\nVersion: 1\n", DisplayName = "another order")]
    [DataRow("Chain ID: 1", "Chain ID: 01", DisplayName = "leading zero")]
    [DataRow("Chain ID: 1", "Chain ID: -1", DisplayName = "negative chain id")]
    [DataRow("Chain ID: 1", "Chain ID: 18446744073709551616", DisplayName = "chain id of 65 bits")]
    [DataRow("Chain ID: 1", "Chain ID: 0x1", DisplayName = "chain id in hex")]
    [DataRow("Chain ID: 1", "chain id: 1", DisplayName = "label in lower case")]
    [DataRow("32891756", "3289175", DisplayName = "short nonce")]
    [DataRow("32891756", "3289-1756", DisplayName = "nonce with a hyphen")]
    [DataRow("2021-09-30T16:25:24Z", "2021-09-31T16:25:24Z", DisplayName = "a day that does not exist")]
    [DataRow("2021-09-30T16:25:24Z", "2021-09-30 16:25:24Z", DisplayName = "time of another form")]
    [DataRow("Resources:\n", "Resources: \n", DisplayName = "something behind Resources")]
    [DataRow("- https://example.com/my-web2-claim.json", "- example.com", DisplayName = "resource that is no URI")]
    [DataRow("- https://example.com/my-web2-claim.json", "https://example.com/my-web2-claim.json", DisplayName = "resource without its mark")]
    [DataRow("- https://example.com/my-web2-claim.json", "- https://example.com/my-web2-claim.json\n", DisplayName = "a line feed at the end")]
    [DataRow("Issued At: 2021-09-30T16:25:24Z\n", "Issued At: 2021-09-30T16:25:24Z\nNot Before: 2021-09-30T16:25:24Z\nExpiration Time: 2021-09-30T16:25:24Z\n", DisplayName = "optional lines in another order")]
    [DataRow("Issued At: 2021-09-30T16:25:24Z\n", "Issued At: 2021-09-30T16:25:24Z\nRequest ID: a b\n", DisplayName = "request id with a space")]
    [DataRow("\nURI", "\r\nURI", DisplayName = "carriage return")]
    public void TryParse_AnotherForm_IsRefused(string part, string other)
    {
        string altered = Published.Replace(part, other, StringComparison.Ordinal);
        Assert.AreNotEqual(Published, altered);

        Assert.IsFalse(SignInMessageReader.TryParse(altered, out _, out ParseProblem? problem));

        Assert.AreEqual("sign-in-malformed", problem.Code);
        Assert.StartsWith("line ", problem.Path);
    }

    [TestMethod]
    public void TryParse_AnyTextWithinOneChange_IsRefusedOrReadExactly()
    {
        Random random = new(4361);
        const string Characters = "\n\0 :/-01aZ%éï";
        for (int i = 0; i < 20_000; i++)
        {
            int at = random.Next(Published.Length);
            string text = random.Next(3) switch
            {
                0 => Published.Remove(at, random.Next(1, Math.Min(8, Published.Length - at + 1))),
                1 => Published.Insert(at, Characters[random.Next(Characters.Length)].ToString()),
                _ => Published.Remove(at, 1).Insert(at, Characters[random.Next(Characters.Length)].ToString()),
            };

            // Two texts never read as one message: a signature is for what was read.
            if (SignInMessageReader.TryParse(text, out SignInMessage? message, out ParseProblem? problem))
            {
                Assert.AreEqual(text, message.Format());
            }
            else
            {
                Assert.IsNotEmpty(problem.Message);
            }
        }
    }

    [TestMethod]
    public void TryParse_TooLongOrTooMuch_IsRefused()
    {
        Assert.IsFalse(SignInMessageReader.TryParse(null, out _, out _));
        Assert.IsFalse(SignInMessageReader.TryParse("", out _, out _));
        Assert.IsFalse(SignInMessageReader.TryParse(new string('\n', SignInMessageReader.MaxLength + 1), out _, out ParseProblem? problem));
        Assert.AreEqual("sign-in-too-long", problem.Code);
        string many = Published + string.Concat(Enumerable.Repeat("\n- a:b", SignInMessageReader.MaxResources - 2));
        Assert.IsTrue(SignInMessageReader.TryParse(many, out _, out _));
        Assert.IsFalse(SignInMessageReader.TryParse(many + "\n- a:b", out _, out _));
    }
}
