using System.Text.Json;
using LedgerCredit.Contracts;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;
using LedgerCredit.Repair;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.RepairSteps;

[TestClass]
public sealed class ContractErrorTextTests
{
    // Of deployment and governance alone: no step of a case meets them.
    private static readonly string[] NotMet =
    [
        "RepairDeskInvalidContract",
        "RulePacksApprovalsOutOfBounds",
        "RulePacksEmptyRange",
        "RulePacksInvalidConsortium",
        "RulePacksInvalidMaterial",
        "RulePacksInvalidMaterials",
        "RulePacksPeriodOutOfBounds",
        "RulePacksScoreOutOfBounds",
        "RulePacksZeroAuthority",
        "TreeProofSha256Failed",
    ];

    private static readonly ContractErrorText Text = new(id => $"org-{id.ToString()[^4..]}", TimeSpan.FromHours(8), namesRequests: false);
    private static readonly ContractErrorText OfApi = new(id => $"org-{id.ToString()[^4..]}", TimeSpan.FromHours(8), namesRequests: true);

    [TestMethod]
    [DataRow("RepairDesk")]
    [DataRow("RulePacks")]
    public void Find_EveryErrorOfTheAbi_HasWordsInBothLanguages(string contract)
    {
        foreach (ContractError error in ErrorsOf(contract))
        {
            LocalText? text = Text.Find(error);
            if (NotMet.Contains(error.Name))
            {
                Assert.IsNull(text, error.Name);
                continue;
            }

            Assert.IsNotNull(text, error.Name);
            Assert.IsFalse(text.English.Contains(error.Name, StringComparison.Ordinal), text.English);
            Assert.EndsWith(".", text.English.Replace("SUBJECT", ".", StringComparison.Ordinal).Replace("FILE", ".", StringComparison.Ordinal), text.English);
            Assert.Contains(c => c is >= '\u4e00' and <= '\u9fff', text.Chinese, text.Chinese);

            // Programs of others have no command line.
            LocalText ofApi = OfApi.Find(error)!;
            Assert.EndsWith(".", ofApi.English);
            Assert.EndsWith("。", ofApi.Chinese);
            Assert.DoesNotContain("ledgercredit", ofApi.English + ofApi.Chinese);
            Assert.DoesNotContain("ommand", ofApi.English);
        }
    }

    [TestMethod]
    public void Find_NotApplicant_NamesTheCommandThatHelps()
    {
        LocalText text = Text.Find(new ContractError("RepairDeskNotApplicant", [new("subjectTag", Bytes32.Zero.ToString()), new("account", "0xAb")]))!;

        Assert.Contains("ledgercredit member appoint 0xAb --subject SUBJECT", text.English);
        Assert.Contains("ledgercredit member appoint 0xAb --subject SUBJECT", text.Chinese);
    }

    [TestMethod]
    public void Find_WrongState_NamesTheWayOfItsReader()
    {
        ContractError error = new("RepairDeskWrongState", [new("caseId", "7"), new("state", "1")]);

        Assert.Contains("'ledgercredit repair show 7' says who can do what now.", Text.Find(error)!.English);
        Assert.Contains("GET /v1/repair/cases/7 says who can do what now.", OfApi.Find(error)!.English);
        Assert.Contains("GET /v1/repair/cases/7", OfApi.Find(error)!.Chinese);
    }

    [TestMethod]
    public void Find_Barred_NamesTheMomentInTheZone()
    {
        LocalText text = Text.Find(new ContractError("RepairDeskBarred", [new("subjectTag", Bytes32.Zero.ToString()), new("barredUntil", "1767196800")]))!;

        Assert.Contains("Thu 2026-01-01 00:00:00 (UTC+8)", text.English);
        Assert.Contains("2026-01-01（周四）", text.Chinese);
    }

    [TestMethod]
    public void Find_MaterialsMissing_NamesTheirCodes()
    {
        string kinds = ((1UL << 1) | (1UL << 10) | (1UL << 63)).ToString(System.Globalization.CultureInfo.InvariantCulture);

        Assert.Contains("D01, D10, D63", Text.Find(new ContractError("RepairDeskMaterialsMissing", [new("caseId", "1"), new("kinds", kinds)]))!.English);
    }

    [TestMethod]
    public void Find_ConditionsNotMet_NamesThoseThatAreMissingAlone()
    {
        string conditions = "(periodOver: true, performed: false, committed: true, materialsComplete: true, approved: false, unopposed: true, "
            + "repairable: true, attachedTermOver: true, notBarred: true, packKept: true, notPaused: true)";

        LocalText text = Text.Find(new ContractError("RepairDeskConditionsNotMet", [new("caseId", "1"), new("conditions", conditions)]))!;

        Assert.Contains("C2 ", text.English);
        Assert.Contains("C5 ", text.English);
        Assert.DoesNotContain("C1 ", text.English);
        Assert.DoesNotContain("C6 ", text.English);
    }

    [TestMethod]
    [DataRow("RepairDeskWrongState")]
    [DataRow("RepairDeskWrongStatus")]
    [DataRow("ConsortiumNotInRole")]
    public void Find_NumberThatNamesNothing_IsShownAsItIs(string name)
    {
        LocalText text = Text.Find(new ContractError(name, [new("caseId", "1"), new("account", "0xAb"), new("state", "200"), new("role", "200")]))!;

        Assert.Contains("200", text.English);
    }

    [TestMethod]
    public void Find_ErrorOfAnotherContract_HasNone()
    {
        Assert.IsNull(Text.Find(new ContractError("EvidenceLogZeroRoot", [])));
    }

    // Each error with values of its declared types.
    private static IEnumerable<ContractError> ErrorsOf(string contract)
    {
        using JsonDocument build = JsonDocument.Parse(File.ReadAllText(RepositoryFiles.Path("contracts", "build", contract + ".json")));
        foreach (JsonElement entry in build.RootElement.GetProperty("abi").EnumerateArray().Where(entry => entry.GetProperty("type").GetString() == "error"))
        {
            yield return new ContractError(
                entry.GetProperty("name").GetString()!,
                [.. entry.GetProperty("inputs").EnumerateArray().Select(input => new ContractErrorValue(input.GetProperty("name").GetString()!, SampleOf(input.GetProperty("type").GetString()!)))]);
        }
    }

    private static string SampleOf(string type) => type switch
    {
        "bytes32" => Sha256.Hash("sample"u8).ToString(),
        "address" => "0x00000000000000000000000000000000000000aB",
        "tuple" => "(periodOver: false, performed: true)",
        "uint8" => "3",
        _ => "1767196800",
    };
}
