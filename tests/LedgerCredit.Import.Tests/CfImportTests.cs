using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Import.Tests;

[TestClass]
public sealed class CfImportTests
{
    private const string Head = "CF_WSH,CF_XDR_MC,CF_XDR_LB,CF_XDR_SHXYM,CF_FRDB,CF_WFXW,CF_YJ,CF_CFLB,CF_NR_FK,CF_JDRQ,CF_YXQ,CF_GSJZQ,CF_CFJG,CF_ZT,XYXF_DJ";

    // The sample record of the sources that describe the layout; both codes verify.
    private const string Code = "91230500MA1B3N1N2M";

    [TestMethod]
    public void Read_FullRow_BecomesTheRecord()
    {
        CreditRecord record = Importing.Accepted(ImportFormat.Cf, File(Row()));

        Assert.AreEqual($"市场〔2019〕1号/{Code}", record.Id);
        Assert.AreEqual("example-authority", record.Issuer);
        Assert.AreEqual($"uscc:{Code}", record.Subject.ToString());
        Assert.AreEqual("2026-10-10T00:00:00+08:00", record.IssuedAt);
        Assert.AreEqual("市场〔2019〕1号", record.Claim("decisionNo"));
        Assert.AreEqual("2000.00", record.Claim("fineYuan"));
        Assert.AreEqual("2026-10-10", record.Claim("decidedOn"));
        Assert.AreEqual("2026-10-17", record.Claim("attachedTermUntil"));
        Assert.AreEqual("2027-10-10", record.Claim("publicUntil"));
        Assert.AreEqual("general", record.Claim("grade"));
        Assert.AreEqual("computed", record.Claim("gradeSource"));
        Assert.AreEqual("法人及非法人组织", record.Source("CF_XDR_LB"));
    }

    [TestMethod]
    [DataRow("市场【2019】1号")]
    [DataRow("市场[2019]1号")]
    [DataRow("市场（2019）1号")]
    [DataRow("市场(2019) 1号")]
    [DataRow("市场〔２０１９〕１号")]
    [DataRow("\"　市场【2019]1号 \"")]
    public void Read_SpellingOfADecisionNumber_GivesOneId(string number)
    {
        Assert.AreEqual($"市场〔2019〕1号/{Code}", Importing.Accepted(ImportFormat.Cf, File(Row(number: number))).Id);
    }

    [TestMethod]
    [DataRow("0.2", "2000.00")]
    [DataRow("０．２", "2000.00")]
    [DataRow("0.2万元", "2000.00")]
    [DataRow("2000元", "2000.00")]
    [DataRow("\"1,000.5\"", "10005000.00")]
    [DataRow("0.000001", "0.01")]
    [DataRow("123456789012.345678", "1234567890123456.78")]
    [DataRow("0", "0.00")]
    [DataRow("12", "120000.00")]
    public void Read_Amount_IsExactYuan(string cell, string yuan)
    {
        Assert.AreEqual(yuan, Importing.Accepted(ImportFormat.Cf, File(Row(fine: cell))).Claim("fineYuan"));
    }

    [TestMethod]
    [DataRow("0.0000001", DisplayName = "a part of a fen")]
    [DataRow("-1")]
    [DataRow("1e3")]
    [DataRow("1.")]
    [DataRow("\"1,00\"")]
    [DataRow("两万")]
    [DataRow("1234567890123")]
    public void Read_BadAmount_IsRejected(string cell)
    {
        Assert.AreEqual("bad-amount", Importing.Rejected(ImportFormat.Cf, File(Row(fine: cell))).Code);
    }

    [TestMethod]
    [DataRow("2026-10-10")]
    [DataRow("2026/10/10")]
    [DataRow("2026.10.10")]
    [DataRow("2026年10月10日")]
    [DataRow("20261010")]
    [DataRow("２０２６－１０－１０")]
    [DataRow("2026-10-10 00:00:00")]
    public void Read_SpellingOfADate_GivesTheDate(string cell)
    {
        Assert.AreEqual("2026-10-10", Importing.Accepted(ImportFormat.Cf, File(Row(date: cell))).Claim("decidedOn"));
    }

    [TestMethod]
    [DataRow("2026-02-29", "bad-date")]
    [DataRow("10/10/2026", "bad-date")]
    [DataRow("2026-10/10", "bad-date")]
    [DataRow("2026-10-10 12:30:00", "bad-date")]
    [DataRow("", "missing-date")]
    public void Read_BadDate_IsRejected(string cell, string code)
    {
        RejectReason reason = Importing.Rejected(ImportFormat.Cf, File(Row(date: cell)));

        Assert.AreEqual(code, reason.Code);
        Assert.AreEqual("CF_JDRQ", reason.Path);
    }

    [TestMethod]
    public void Read_TermWithoutEnd_IsNoClaimButKept()
    {
        CreditRecord record = Importing.Accepted(ImportFormat.Cf, File(Row(until: "2099-12-31", publicUntil: "2099/12/31")));

        Assert.IsNull(record.Claims.Find("attachedTermUntil"));
        Assert.IsNull(record.Claims.Find("publicUntil"));
        Assert.AreEqual("2099/12/31", record.Source("CF_GSJZQ"));
    }

    [TestMethod]
    [DataRow("警告", "minor")]
    [DataRow("警告；通报批评", "minor")]
    [DataRow("罚款", "general")]
    [DataRow("警告;罚款", "general")]
    [DataRow("没收违法所得、没收非法财物", "general")]
    [DataRow("降低资质等级", "general")]
    [DataRow("其他（责令改正、赔偿损失）", "general")]
    [DataRow("罚款；吊销许可证件", "serious")]
    [DataRow("限制开展生产经营活动", "serious")]
    [DataRow("责令停产停业，罚款", "serious")]
    [DataRow("限制从业", "serious")]
    [DataRow("暂扣或者吊销许可证", "serious")]
    public void Read_KindsWithoutAGrade_ComputesItProvisionally(string kinds, string grade)
    {
        CreditRecord record = Importing.Accepted(ImportFormat.Cf, File(Row(kinds: kinds)));

        Assert.AreEqual(grade, record.Claim("grade"));
        Assert.AreEqual("computed", record.Claim("gradeSource"));
        Assert.IsInstanceOfType<JsonBoolean>(record.Claims.Find("gradeProvisional"));
    }

    [TestMethod]
    [DataRow("警告;罚款", "警告|罚款")]
    [DataRow("警告、罚款；警告", "警告|罚款")]
    [DataRow("其他（责令改正、赔偿损失）；罚款", "其他（责令改正、赔偿损失）|罚款")]
    public void Read_SeveralKindsInOneCell_AreTakenApart(string kinds, string expected)
    {
        JsonArray array = (JsonArray)Importing.Accepted(ImportFormat.Cf, File(Row(kinds: kinds))).Claims.Find("penalties")!;

        Assert.AreEqual(expected, string.Join('|', array.Items.Select(item => ((JsonString)item).Value)));
    }

    [TestMethod]
    [DataRow("严重", "serious")]
    [DataRow("minor", "minor")]
    public void Read_StatedGrade_IsTheAuthoritys(string cell, string grade)
    {
        CreditRecord record = Importing.Accepted(ImportFormat.Cf, File(Row(grade: cell)));

        Assert.AreEqual(grade, record.Claim("grade"));
        Assert.AreEqual("authority", record.Claim("gradeSource"));
        Assert.IsNull(record.Claims.Find("gradeProvisional"));
    }

    [TestMethod]
    [DataRow("示例市市场监督管理局", "2025-12-25", "cn-samr-107-2025", "authority-name")]
    [DataRow("示例市市场监督管理局", "2025-12-24", "cn-ndrc-36-2025", "transitional")]
    [DataRow("示例市生态环境局", "2026-03-31", "cn-ndrc-36-2025", "transitional")]
    [DataRow("示例市生态环境局", "2026-04-01", "cn-ndrc-36-2025", "default")]
    public void Read_AuthorityAndDate_ChooseTheRulePack(string authority, string date, string pack, string reason)
    {
        CreditRecord record = Importing.Accepted(ImportFormat.Cf, File(Row(date: date, authority: authority)));

        Assert.AreEqual(pack, record.Claim("rulePack"));
        Assert.AreEqual(reason, record.Claim("rulePackReason"));
    }

    [TestMethod]
    public void Read_PackThatTheAuthorityNames_IsTaken()
    {
        ImportOptions options = Importing.Options with { RulePack = "demo" };

        CreditRecord record = Importing.Accepted(ImportFormat.Cf, File(Row(date: "2026-04-01")), options);

        Assert.AreEqual("demo", record.Claim("rulePack"));
        Assert.AreEqual("named-by-authority", record.Claim("rulePackReason"));
    }

    [TestMethod]
    public void Read_PackThatDoesNotCoverTheDecision_IsRejected()
    {
        ImportOptions options = Importing.Options with { RulePack = "demo" };

        RejectReason reason = Importing.Rejected(ImportFormat.Cf, File(Row(date: "2019-12-31")), options);

        Assert.AreEqual("rule-pack-dates", reason.Code);
    }

    [TestMethod]
    [DataRow(ImportFormat.Cf, "no-such-pack", "unknown-rule-pack")]
    [DataRow(ImportFormat.Ratings, "demo", "rule-pack-for-cf")]
    public void TryCreate_PackThatCannotBeNamed_IsRefused(ImportFormat format, string pack, string code)
    {
        Assert.IsFalse(RecordImport.TryCreate(format, Importing.Options with { RulePack = pack }, out _, out ParseProblem? problem));
        Assert.AreEqual(code, problem.Code);
    }

    [TestMethod]
    [DataRow(" 91230500ma1b3n1n2m ")]
    [DataRow("９１２３０５００ＭＡ１Ｂ３Ｎ１Ｎ２Ｍ")]
    public void Read_SpellingOfACode_GivesTheSubject(string code)
    {
        Assert.AreEqual($"uscc:{Code}", Importing.Accepted(ImportFormat.Cf, File(Row(code: code))).Subject.ToString());
    }

    [TestMethod]
    [DataRow("91230500MA1B3N1N2N", "bad-uscc", DisplayName = "wrong check character")]
    [DataRow("91230500MAIB3N1N2M", "bad-uscc", DisplayName = "I is not taken for 1")]
    [DataRow("", "missing-code")]
    public void Read_BrokenCode_IsRejected(string code, string expected)
    {
        Assert.AreEqual(expected, Importing.Rejected(ImportFormat.Cf, File(Row(code: code))).Code);
    }

    [TestMethod]
    public void Read_LegacyPilotCode_IsAcceptedWithWarning()
    {
        ImportRow row = Importing.Rows(ImportFormat.Cf, File(Row(code: "91350203M0001QAY9B")))[0];

        Assert.IsTrue(row.IsAccepted);
        Assert.HasCount(1, row.Warnings);
    }

    [TestMethod]
    public void Read_NaturalPerson_IsRejectedWhateverTheRulesWithoutACode()
    {
        string file = File(Row(type: "自然人", code: ""));

        Assert.AreEqual("natural-person", Importing.Rejected(ImportFormat.Cf, file).Code);
        Assert.AreEqual("natural-person", Importing.Rejected(ImportFormat.Cf, file, Importing.WithPersons).Code);
    }

    [TestMethod]
    public void Read_NaturalPersonWithCode_IsAcceptedOnlyWhereAllowed()
    {
        string file = File(Row(type: "自然人"));

        Assert.AreEqual("natural-person", Importing.Rejected(ImportFormat.Cf, file).Code);
        Assert.AreEqual("natural-person", Importing.Accepted(ImportFormat.Cf, file, Importing.WithPersons).Claim("subjectType"));
    }

    [TestMethod]
    public void Read_WithdrawnPenalty_IsRejected()
    {
        Assert.AreEqual("withdrawn", Importing.Rejected(ImportFormat.Cf, File(Row(state: "1"))).Code);
        Assert.HasCount(1, Importing.Rows(ImportFormat.Cf, File(Row(state: "2")))[0].Warnings);
        Assert.IsEmpty(Importing.Rows(ImportFormat.Cf, File(Row(state: "0")))[0].Warnings);
    }

    [TestMethod]
    public void Read_LegalRepresentative_IsNotCopied()
    {
        string json = System.Text.Encoding.UTF8.GetString(Importing.Accepted(ImportFormat.Cf, File(Row())).ToCanonicalBytes());

        Assert.DoesNotContain("示例甲", json);
    }

    [TestMethod]
    public void Read_LabelsAsHead_MapsLikeTheCodes()
    {
        const string Labels = "行政处罚决定书文号,行政相对人名称,行政相对人代码_1,法定代表人姓名,违法行为类型,处罚依据,处罚类别,罚款金额（万元）,处罚决定日期,处罚机关";
        CreditRecord record = Importing.Accepted(
            ImportFormat.Cf, $"{Labels}\n市场[2019]1号,示例公司,{Code},示例甲,虚假广告,广告法,罚款,0.2,2026-10-10,示例市市场监督管理局\n");

        Assert.AreEqual("2000.00", record.Claim("fineYuan"));
        Assert.IsNull(record.Source("法定代表人姓名"));
    }

    [TestMethod]
    public void Read_UnknownColumn_IsKept()
    {
        string file = File(Row()).Replace(",XYXF_DJ\n", ",XYXF_DJ,QTXX\n", StringComparison.Ordinal).TrimEnd('\n') + ",其他信息\n";

        Assert.AreEqual("其他信息", Importing.Accepted(ImportFormat.Cf, file).Source("QTXX"));
    }

    [TestMethod]
    public void Read_MissingNeededColumn_RefusesTheFile()
    {
        string file = File(Row()).Replace("CF_JDRQ", "CF_JDRQX", StringComparison.Ordinal);

        Assert.AreEqual("missing-column", Importing.Refused(ImportFormat.Cf, System.Text.Encoding.UTF8.GetBytes(file)).Code);
    }

    private static string File(string row) => $"{Head}\n{row}\n";

    private static string Row(
        string number = "市场【2019】1号",
        string type = "法人及非法人组织",
        string code = Code,
        string kinds = "罚款",
        string fine = "0.2",
        string date = "2026-10-10",
        string until = "2026-10-17",
        string publicUntil = "2027-10-10",
        string authority = "示例市市场监督管理局",
        string state = "",
        string grade = "") =>
        $"{number},示例公司,{type},{code},示例甲,虚假广告,广告法第五十五条,\"{kinds}\",{fine},{date},{until},{publicUntil},{authority},{state},{grade}";
}
