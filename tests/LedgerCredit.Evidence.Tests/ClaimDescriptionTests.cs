using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence.Tests;

/// <summary>What is told of claims is what records are checked by.</summary>
[TestClass]
public sealed class ClaimDescriptionTests
{
    private static readonly string[] Grades = ["minor", "general", "serious"];

    [TestMethod]
    public void Of_Sanction_TellsWhatDependsOnTheGrade()
    {
        IReadOnlyList<ClaimDescription> claims = ClaimDescription.Of(RecordKind.Sanction);

        Assert.AreSequenceEqual(["authorityName", "grade"], claims.Where(claim => claim.IsRequired).Select(claim => claim.Name));
        Assert.AreSequenceEqual(
            ["decisionNo", "violation", "basis", "penalties", "decidedOn", "rulePack"], claims.Where(claim => claim.RequiredWith.Count > 0).Select(claim => claim.Name));
        Assert.IsTrue(claims.Where(claim => claim.RequiredWith.Count > 0).All(claim => claim.RequiredWith.SequenceEqual(Grades)));
        ClaimDescription pack = claims.Single(claim => claim.ForbiddenWith.Count > 0);
        Assert.AreEqual("rulePack", pack.Name);
        Assert.AreSequenceEqual(["none"], pack.ForbiddenWith);
    }

    // Each claim of a whole record is taken away, and given another type.
    [TestMethod]
    [DataRow(TestRecords.SanctionText)]
    [DataRow(TestRecords.RatingText)]
    [DataRow(TestRecords.RepairText)]
    public void Of_AnyKind_IsWhatRecordsAreCheckedBy(string text)
    {
        CreditRecord record = TestRecords.Parse(text);
        JsonObject json = record.ToJson();
        JsonObject claims = (JsonObject)json.Find("claims")!;
        IReadOnlyList<ClaimDescription> known = ClaimDescription.Of(record.Kind);
        string? grade = (claims.Find("grade") as JsonString)?.Value;

        foreach (ClaimDescription claim in known)
        {
            bool isNeeded = claim.IsRequired || (grade is not null && claim.RequiredWith.Contains(grade));
            Assert.AreEqual(!isNeeded, IsTaken(json, claims.Members.Where(member => member.Name != claim.Name)), claim.Name);
            Assert.IsFalse(IsTaken(json, [.. claims.Members.Where(member => member.Name != claim.Name), new JsonMember(claim.Name, new JsonNumber(1))]), claim.Name);
        }
    }

    private static bool IsTaken(JsonObject record, IEnumerable<JsonMember> claims) => CreditRecord.TryParse(
        JsonText.WriteLine(new JsonObject([.. record.Members.Where(member => member.Name != "claims"), new JsonMember("claims", new JsonObject([.. claims]))])),
        new RecordRules(),
        out _,
        out _);
}
