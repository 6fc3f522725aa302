namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class SubjectIdTests
{
    [TestMethod]
    [DataRow("uscc:91350200776049653A")]
    [DataRow("lei:HWUPKR0MPOU8FGXBT394", DisplayName = "Apple")]
    [DataRow("cik:320193")]
    [DataRow("cik:0000320193")]
    [DataRow("x-worldbank:firm 12")]
    [DataRow("x-a:b:c", DisplayName = "colon in the value")]
    public void TryParse_RightText_GivesItBack(string text)
    {
        Assert.IsTrue(SubjectId.TryParse(text, out SubjectId? subject, out RecordProblem? problem), problem?.ToString());

        Assert.AreEqual(text, subject.ToString());
        Assert.IsNull(subject.Warning);
    }

    [TestMethod]
    [DataRow("", "bad-subject")]
    [DataRow("91350200776049653A", "bad-subject")]
    [DataRow(":91350200776049653A", "bad-subject")]
    [DataRow("USCC:91350200776049653A", "bad-subject")]
    [DataRow("duns:123456789", "bad-subject")]
    [DataRow("x-:1", "bad-subject")]
    [DataRow("x-Upper:1", "bad-subject")]
    [DataRow("x-name:", "bad-subject")]
    [DataRow("uscc:91350200776049653B", "bad-uscc")]
    [DataRow("uscc:91350200776049653a", "bad-uscc")]
    [DataRow("lei:HWUPKR0MPOU8FGXBT395", "bad-lei")]
    [DataRow("lei:hwupkr0mpou8fgxbt394", "bad-lei")]
    [DataRow("lei:HWUPKR0MPOU8FGXBT3", "bad-lei")]
    [DataRow("cik:", "bad-cik")]
    [DataRow("cik:12345678901", "bad-cik")]
    [DataRow("cik:-1", "bad-cik")]
    [DataRow("cik:１２", "bad-cik", DisplayName = "full-width digits")]
    public void TryParse_WrongText_IsRefusedWithItsCode(string text, string code)
    {
        Assert.IsFalse(SubjectId.TryParse(text, out _, out RecordProblem? problem));

        Assert.AreEqual(code, problem.Code);
        Assert.AreEqual("/subject", problem.Path);
    }

    [TestMethod]
    public void TryParse_PilotCode_IsAcceptedWithWarning()
    {
        Assert.IsTrue(SubjectId.TryParse("uscc:91350203M0001QAY9B", out SubjectId? subject, out _));

        Assert.AreEqual("uscc-legacy-pilot", subject.Warning?.Code);
    }

    [TestMethod]
    [DataRow("x-person:1", true)]
    [DataRow("x-person-cn:1", true)]
    [DataRow("x-personnel:1", false)]
    [DataRow("cik:1", false)]
    public void IsNaturalPerson_FollowsTheScheme(string text, bool expected)
    {
        Assert.IsTrue(SubjectId.TryParse(text, out SubjectId? subject, out _));

        Assert.AreEqual(expected, subject.IsNaturalPerson);
    }
}
