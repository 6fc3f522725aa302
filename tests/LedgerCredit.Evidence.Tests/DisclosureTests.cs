using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class DisclosureTests
{
    private const string Salt = "AAECAwQFBgcICQoLDA0ODw";

    [TestMethod]
    public void TryParse_RightText_GivesItsParts()
    {
        Disclosure disclosure = TestRecords.Disclose($$"""["{{Salt}}","claims.penalties",["罚款",{"a":1}]]""");

        Assert.AreEqual(Salt, disclosure.Salt);
        Assert.AreEqual("claims.penalties", disclosure.Name);
        Assert.IsInstanceOfType<JsonArray>(disclosure.Value);
        Assert.AreEqual(43, disclosure.Digest.Length);
    }

    [TestMethod]
    [DataRow("[\"" + Salt + "\",\"id\"]", "bad-disclosure", DisplayName = "two items")]
    [DataRow("[\"" + Salt + "\",\"id\",\"1\",\"2\"]", "bad-disclosure", DisplayName = "four items")]
    [DataRow("[\"" + Salt + "\",1,\"1\"]", "bad-disclosure", DisplayName = "name is no string")]
    [DataRow("[1,\"id\",\"1\"]", "bad-disclosure", DisplayName = "salt is no string")]
    [DataRow("{}", "bad-disclosure")]
    [DataRow("[\"AAECAwQFBgcICQoLDA0O\",\"id\",\"1\"]", "bad-salt", DisplayName = "15 bytes")]
    [DataRow("[\"AAECAwQFBgcICQoLDA0ODxA\",\"id\",\"1\"]", "bad-salt", DisplayName = "17 bytes")]
    [DataRow("[\"AAECAwQFBgcICQoLDA0ODx\",\"id\",\"1\"]", "bad-salt", DisplayName = "unused bits set")]
    [DataRow("[\"" + Salt + "\", \"id\",\"1\"]", "not-canonical", DisplayName = "white space")]
    [DataRow("[\"" + Salt + "\",\"id\",\"1\"]\n", "not-canonical", DisplayName = "newline at the end")]
    [DataRow("[\"" + Salt + "\",\"id\",\"\\u0031\"]", "not-canonical", DisplayName = "needless escape")]
    [DataRow("[\"" + Salt + "\",\"id\",1.0]", "not-canonical", DisplayName = "number in another form")]
    [DataRow("[\"" + Salt + "\",\"id\",{\"b\":1,\"a\":2}]", "not-canonical", DisplayName = "members in another order")]
    [DataRow("[\"" + Salt + "\",\"id\",1e400]", "inexact-number")]
    [DataRow("[\"" + Salt + "\",\"id\",{\"a\":1,\"a\":1}]", "json-duplicate")]
    [DataRow("[\"" + Salt + "\",\"id\",\"1\"", "json-syntax")]
    public void TryParse_OtherJson_IsRefusedWithItsCode(string json, string code)
    {
        Assert.IsFalse(Disclosure.TryParse(TestRecords.Encode(json), out Disclosure? disclosure, out ParseProblem? problem));
        Assert.IsNull(disclosure);
        Assert.AreEqual(code, problem.Code);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("W10=")]
    [DataRow("W1")]
    [DataRow("W1 0")]
    public void TryParse_NoBase64Url_IsRefused(string? text)
    {
        Assert.IsFalse(Disclosure.TryParse(text, out _, out ParseProblem? problem));
        Assert.AreEqual("bad-base64url", problem.Code);
    }

    [TestMethod]
    public void TryParse_AnyChangedCharacter_GivesAnotherDigestOrIsRefused()
    {
        Disclosure disclosure = RecordCommitment.Create(TestRecords.Sanction(), default).Disclosures[0];
        for (int i = 0; i < disclosure.Encoded.Length; i++)
        {
            foreach (char c in "Aa0-_z=")
            {
                string changed = disclosure.Encoded[..i] + c + disclosure.Encoded[(i + 1)..];
                if (changed != disclosure.Encoded && Disclosure.TryParse(changed, out Disclosure? other, out _))
                {
                    Assert.AreNotEqual(disclosure.Digest, other.Digest);
                }
            }
        }
    }
}
