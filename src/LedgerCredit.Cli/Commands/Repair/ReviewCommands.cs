using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair approve</c>: the step of reviewers.</summary>
internal static class ReviewCommands
{
    private const int MostPoints = 100;

    /// <summary>Makes <c>repair approve</c>.</summary>
    public static Command CreateApprove()
    {
        Option<string?> package = new("--package") { Description = "The applicant's package, which is compared with the ledger, file by file, before anything is sent.", HelpName = "FILE" };
        Option<string?> materialsHash = new("--materials-hash") { Description = "The hash of the materials that were checked ('repair check' says it), instead of the package.", HelpName = "HEX" };
        Option<int> score = new("--score") { Description = "The score of the inspection, 0 to 100, where the rule pack asks for one.", HelpName = "N" };
        score.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string text }] && (!int.TryParse(text, out int points) || points is < 0 or > MostPoints))
            {
                result.AddError($"--score is 0 to {MostPoints}.");
            }
        });
        materialsHash.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string text }] && !Bytes32.TryParseHex(text, out _))
            {
                result.AddError("--materials-hash needs 0x and 64 hex digits.");
            }
        });
        StepCommand approve = new(
            "approve",
            """
            Approve a case, for exactly the materials that were checked: a supplement that came since makes the ledger refuse it.
            With the package, the check is done here; exit code 1 where the package is not what the ledger has.
            Repairs the sanction if it was the last missing fact.
            """,
            "the reviewer",
            ConsortiumRole.Reviewer);
        approve.Command.Add(package);
        approve.Command.Add(materialsHash);
        approve.Command.Add(score);
        approve.Command.Validators.Add(result =>
        {
            if ((result.GetResult(package) is null) == (result.GetResult(materialsHash) is null))
            {
                result.AddError("Give --package FILE, or --materials-hash HEX from your own check: nobody approves what they did not see.");
            }
        });
        return approve.Checks((result, step) =>
        {
            Bytes32 hash = step.MaterialsHash;
            if (result.GetValue(package) is string path)
            {
                if (!IsOnLedger(result, step, path))
                {
                    return null;
                }
            }
            else
            {
                hash = ReadHash(result.GetRequiredValue(materialsHash)!);
            }

            int points = result.GetValue(score);
            return new StepCall(
                RepairDeskContract.EncodeApprove(step.CaseId, hash, (byte)points),
                step.Request("approve") with { MaterialsHash = hash.ToString(), Score = points },
                null);
        });
    }

    private static Bytes32 ReadHash(string text) => Bytes32.TryParseHex(text, out Bytes32 hash)
        ? hash
        : throw new System.Diagnostics.UnreachableException("The command's validator has read it.");

    private static bool IsOnLedger(ParseResult result, StepCase step, string path)
    {
        RulePack pack = step.Pack ?? throw ShowCommand.MissingPack(step.RulePack, step.CaseId);
        using FileStream file = InputFile.Open(path);
        if (!PackageCheck.TryRun(file, step.LeafHash, pack, step.Materials, out PackageReport? report, out ParseProblem? problem))
        {
            throw new InputException(result.GetValue<string>("--lang") == "zh" ? $"'{path}' 不是修复材料包。{problem}" : $"'{path}' is not a repair package. {problem}");
        }

        if (!report.IsValid)
        {
            new CommandOutput(result).Note($"Nothing was sent: '{path}' is not what the ledger has for case {step.CaseId}. 'ledgercredit repair check {ShellText.Quote(path)} --case {step.CaseId}' says where it differs.");
        }

        return report.IsValid;
    }
}
