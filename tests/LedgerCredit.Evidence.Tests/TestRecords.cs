using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Evidence.Tests;

/// <summary>One valid record of each kind as text, to be changed by tests.</summary>
internal static class TestRecords
{
    public const string SanctionText = """
        {
          "kind": "sanction",
          "id": "京海市监处罚〔2026〕7号",
          "issuer": "sd-market",
          "subject": "uscc:91350200776049653A",
          "issuedAt": "2026-05-06T09:30:00+08:00",
          "claims": {
            "authorityName": "京海市市场监督管理局",
            "grade": "general",
            "decisionNo": "京海市监处罚〔2026〕7号",
            "violation": "虚假宣传",
            "basis": "《中华人民共和国广告法》第五十五条",
            "penalties": ["罚款"],
            "decidedOn": "2026-04-30",
            "rulePack": "cn-ndrc-36-2025",
            "fineYuan": "2000.00",
            "facts": "见决定书"
          }
        }
        """;

    public const string RatingText = """
        {
          "kind": "rating",
          "id": "R-1",
          "issuer": "agency-1",
          "subject": "lei:HWUPKR0MPOU8FGXBT394",
          "issuedAt": "2026-05-06T09:30:00Z",
          "claims": { "agency": "Agency One", "scale": "global", "symbol": "AA+", "action": "upgrade", "actedOn": "2026-05-05" }
        }
        """;

    public const string RepairText = """
        {
          "kind": "repair",
          "id": "C-1/opened",
          "issuer": "sd-market",
          "subject": "uscc:91350200776049653A",
          "issuedAt": "2026-05-06T09:30:00Z",
          "claims": {
            "sanction": "0x00000000000000000000000000000000000000000000000000000000000000ff",
            "event": "opened",
            "occurredOn": "2026-05-05"
          }
        }
        """;

    public static CreditRecord Sanction() => Parse(Encoding.UTF8.GetBytes(SanctionText));

    public static CreditRecord Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    public static CreditRecord Parse(byte[] utf8)
    {
        Assert.IsTrue(
            CreditRecord.TryParse(utf8, RecordRules.Default, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems),
            string.Join('\n', problems) + Encoding.UTF8.GetString(utf8));
        return record;
    }

    public static IReadOnlyList<RecordProblem> Refuse(string text) => Refuse(Encoding.UTF8.GetBytes(text));

    public static IReadOnlyList<RecordProblem> Refuse(byte[] utf8)
    {
        Assert.IsFalse(CreditRecord.TryParse(utf8, RecordRules.Default, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems));
        Assert.IsNull(record);
        Assert.IsNotEmpty(problems);
        return problems;
    }

    /// <summary>Replaces a text that must be there.</summary>
    public static string With(this string text, string from, string to)
    {
        Assert.Contains(from, text);
        return text.Replace(from, to, StringComparison.Ordinal);
    }

    public static string Encode(string json) => Base64Text.EncodeUrl(Encoding.UTF8.GetBytes(json));

    public static Disclosure Disclose(string json)
    {
        Assert.IsTrue(Disclosure.TryParse(Encode(json), out Disclosure? disclosure, out ParseProblem? problem), problem?.ToString());
        return disclosure;
    }
}
