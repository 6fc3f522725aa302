using System.Text.Json.Nodes;
using LedgerCredit.Client.Models;
using LedgerCredit.Service.Repair;

namespace LedgerCredit.Service.Tests.Repair;

/// <summary>Requests for steps: each takes its own members, all of them and no others.</summary>
[TestClass]
public sealed class RepairStepFormTests
{
    private static readonly RepairStepRequest Complete = new(
        "", 1, "authority", 0, null, [new("D01", "0x")], ["D01"], "0x", true, "0x", 1, "objector", true);

    [TestMethod]
    [DataRow("open", "sanction,materials", "")]
    [DataRow("supplement", "case,materials", "")]
    [DataRow("withdraw", "case", "")]
    [DataRow("accept", "case", "")]
    [DataRow("ask", "case,kinds,statement", "")]
    [DataRow("confirm", "case,statement", "takeBack")]
    [DataRow("refuse", "case,statement", "")]
    [DataRow("approve", "case,materialsHash", "score")]
    [DataRow("object", "case,statement", "")]
    [DataRow("resolve", "case,objector,uphold,statement", "")]
    [DataRow("trigger", "case", "")]
    [DataRow("escalate", "case", "objector")]
    [DataRow("revoke", "case", "statement")]
    [DataRow("annul", "sanction,statement", "")]
    [DataRow("shield", "sanction,statement", "")]
    [DataRow("unshield", "sanction,statement", "")]
    public void FindProblem_WithAndWithoutEachMember_FindsWhatIsMissingAndTooMuch(string step, string required, string optional)
    {
        HashSet<string> must = [.. required.Split(',')];
        HashSet<string> may = [.. optional.Split(',', StringSplitOptions.RemoveEmptyEntries)];
        string[] all = ["case", "sanction", "materials", "kinds", "statement", "takeBack", "materialsHash", "score", "objector", "uphold"];

        Assert.IsNull(RepairStepForm.FindProblem(With(step, must)));
        Assert.IsNull(RepairStepForm.FindProblem(With(step, [.. must, .. may])));
        foreach (string member in all)
        {
            bool isFine = RepairStepForm.FindProblem(With(step, [.. must, member])) is null;
            Assert.AreEqual(must.Contains(member) || may.Contains(member), isFine, member);
            if (must.Contains(member))
            {
                Assert.IsNotNull(RepairStepForm.FindProblem(With(step, [.. must.Where(name => name != member)])), member);
            }
        }
    }

    [TestMethod]
    public void FindProblem_SanctionNamedByHalfOrTwice_IsRefused()
    {
        RepairStepRequest open = With("open", ["sanction", "materials"]);

        Assert.IsNull(RepairStepForm.FindProblem(open with { Issuer = null, LeafIndex = null, Evidence = new JsonObject() }));
        Assert.IsNotNull(RepairStepForm.FindProblem(open with { Issuer = null }));
        Assert.IsNotNull(RepairStepForm.FindProblem(open with { LeafIndex = null }));
        Assert.IsNotNull(RepairStepForm.FindProblem(open with { Evidence = new JsonObject() }));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("pause")]
    [DataRow("Open")]
    public void FindProblem_UnknownStep_IsRefused(string step) =>
        Assert.IsNotNull(RepairStepForm.FindProblem(new RepairStepRequest(step, 1)));

    private static RepairStepRequest With(string step, HashSet<string> members) => new(
        step,
        members.Contains("case") ? Complete.Case : null,
        members.Contains("sanction") ? Complete.Issuer : null,
        members.Contains("sanction") ? Complete.LeafIndex : null,
        null,
        members.Contains("materials") ? Complete.Materials : null,
        members.Contains("kinds") ? Complete.Kinds : null,
        members.Contains("statement") ? Complete.Statement : null,
        members.Contains("takeBack") ? Complete.TakeBack : null,
        members.Contains("materialsHash") ? Complete.MaterialsHash : null,
        members.Contains("score") ? Complete.Score : null,
        members.Contains("objector") ? Complete.Objector : null,
        members.Contains("uphold") ? Complete.Uphold : null);
}
