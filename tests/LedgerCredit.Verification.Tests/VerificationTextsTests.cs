using System.Reflection;
using System.Text;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification.Tests;

[TestClass]
public sealed class VerificationTextsTests
{
    [TestMethod]
    public void Texts_EveryCode_HasOneInBothLanguages()
    {
        foreach (VerificationTexts texts in new[] { VerificationTexts.English, VerificationTexts.Chinese })
        {
            HashSet<string> seen = new(StringComparer.Ordinal);
            foreach (string text in (string[])
            [
                .. Enum.GetValues<StepCode>().Select(texts.Step),
                .. Enum.GetValues<StepOutcome>().Select(texts.Outcome),
                .. Enum.GetValues<Verdict>().Select(texts.Verdict),
                .. Enum.GetValues<RepairState>().Select(texts.State),
                .. Constants(typeof(ReasonCodes)).Select(texts.Reason),
                .. Constants(typeof(ValueNames)).Select(texts.Value),
                .. Constants(typeof(ValueNames)).Select(name => texts.Reason(ReasonCodes.Mismatch(name))),
                .. Constants(typeof(ValueNames)).Select(texts.NotCompared),
                texts.NotCompared(RecordFacts.TermsWithheld),
            ])
            {
                Assert.IsGreaterThan(1, text.Length);
                Assert.IsTrue(seen.Add(text), text);
            }
        }
    }

    [TestMethod]
    public void Texts_Tables_HaveTheSameKeysAndPlaceholders()
    {
        Assert.AreSequenceEqual(EnglishTexts.All.Keys.Order(), ChineseTexts.All.Keys.Order());
        foreach ((string key, string english) in EnglishTexts.All)
        {
            for (int i = 0; i < 4; i++)
            {
                Assert.AreEqual(
                    english.Contains($"{{{i}}}", StringComparison.Ordinal),
                    ChineseTexts.All[key].Contains($"{{{i}}}", StringComparison.Ordinal), key);
            }
        }
    }

    [TestMethod]
    public void Texts_OfAReport_SayWhatItProves()
    {
        VerificationReport report = new EvidenceBuilder().Build().Verify();

        Assert.AreEqual("Repair status: repaired, as of block 200, 2026-09-21T14:20:00Z.", VerificationTexts.English.AsOf(report.Status!));
        Assert.AreEqual("修复状态：已修复，截至区块 200（2026-09-21T14:20:00Z）。", VerificationTexts.Chinese.AsOf(report.Status!));
        Assert.AreEqual("The record is complete.", VerificationTexts.English.Completeness(report.Record!));
        Assert.AreEqual("Members withheld: 3.", VerificationTexts.English.Completeness(report.Record! with { WithheldCount = 3 }));
        Assert.Contains("11", VerificationTexts.English.AnchoredAt(report.Anchor!));
        Assert.Contains("18446744073709551615", VerificationTexts.English.AnchoredAt(report.Anchor! with { AnchoredAt = ulong.MaxValue }));
        Assert.AreEqual("", VerificationTexts.English.Reason(""));
        Assert.IsNull(VerificationTexts.Find("fr"));
        Assert.AreSame(VerificationTexts.Chinese, VerificationTexts.Find("zh"));
    }

    [TestMethod]
    public void Json_OfAReport_IsStable()
    {
        JsonObject json = VerificationReportJson.Write(new EvidenceBuilder { WithStatus = false }.Build().Verify());

        Assert.AreSequenceEqual(
            new[] { "verdict", "steps", "leafHash", "leafIndex", "record", "anchor", "status" }, json.Members.Select(m => m.Name));
        string text = Encoding.UTF8.GetString(JsonText.WriteLine(json));
        Assert.StartsWith(
            "{\"verdict\":\"valid\",\"steps\":[{\"code\":\"format\",\"outcome\":\"pass\",\"reason\":\"\",\"detail\":\"\",\"compared\":[]},", text);
        Assert.Contains("\"code\":\"status\",\"outcome\":\"skipped\",\"reason\":\"no-status\"", text);
        Assert.Contains("\"complete\":true,\"withheld\":0,\"disclosed\":{\"id\":\"S-2026-001\"", text);
        Assert.EndsWith("\"status\":null}", text);
    }

    [TestMethod]
    public void Json_OfARefusedFile_HasAllSteps()
    {
        VerificationReport report = EvidenceVerifier.Verify("{}"u8, new EvidenceBuilder().Build().Policy, EvidenceBuilder.Options);

        Assert.AreEqual(Verdict.Invalid, report.Verdict);
        Assert.HasCount(9, report.Steps);
        Assert.AreEqual("invalid", ((JsonString)VerificationReportJson.Write(report).Find("verdict")!).Value);
    }

    private static IEnumerable<string> Constants(Type type) => type
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral)
        .Select(field => (string)field.GetRawConstantValue()!);
}
