using System.CommandLine;
using LedgerCredit.Evidence;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>evidence status</c>: what the ledger says now of the sanction that an evidence file is about.</summary>
internal static class EvidenceStatusCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "An evidence file of a sanction; redacted ones do as well." };
        Option<string?> outputPath = new("-o", "--output") { Description = "The file to write. Default: FILE itself.", HelpName = "F" };
        Command status = new(
            "status",
            """
            Add the present repair status to an evidence file of a sanction: a state proof of the repair desk at the ledger's
            newest final block. A bank then verifies offline that the sanction was repaired, or was not, as of that block.
            For whoever holds the file and has a workspace on the network; the log may be elsewhere.
            """)
        {
            file,
            outputPath,
        };
        status.SetAction((result, cancellationToken) => RunAsync(result, result.GetRequiredValue(file), result.GetValue(outputPath), cancellationToken));
        return status;
    }

    private static async Task<int> RunAsync(ParseResult result, string path, string? outputPath, CancellationToken cancellationToken)
    {
        if (!EvidenceFile.TryParse(InputFile.Read(path, EvidenceFile.MaxBytes), out EvidenceFile? file, out ParseProblem? problem))
        {
            throw new InputException($"'{path}' is not an evidence file. {problem}");
        }

        if (file.Record.Kind != RecordKind.Sanction.ToName())
        {
            throw new InputException($"'{path}' is about a {file.Record.Kind}; only sanctions have a repair status.");
        }

        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
        EvidenceFile shown = (await StatusAttacher.AttachAsync(workspace, session, [file], cancellationToken))[0];
        EvidenceStatus proven = shown.Status!;
        if (proven.Block.Number < shown.Anchor.Block.Number)
        {
            throw new InputException($"'{path}' shows an anchor in block {shown.Anchor.Block.Number}, but the ledger at {session.Client.DisplayEndpoint} has only {proven.Block.Number} final blocks: it is another ledger, or was reset. Nothing was written.");
        }

        // Read it as a verifier will, so that nobody is handed a status that says something else, or nothing.
        using Store store = workspace.OpenStore(StoreAccess.Read);
        TrustPolicy policy = StatusAttacher.Pin(TrustBuilder.Build(workspace, store, workspace.LoadRulePacks()), [shown]);
        RepairStatus status = EvidenceVerifier.Verify(shown, policy, new VerificationOptions { Clock = TimeProvider.System }).Status
            ?? throw new LedgerStalledException($"The status of the repair desk {session.Contracts.RepairDesk} at block {proven.Block.Number} would not verify. Nothing was written; run the command again.");
        string target = outputPath ?? path;
        EvidenceCommands.Write(target, shown);
        output.Result(
            new JsonObject(
                new JsonMember("file", new JsonString(target)),
                new JsonMember("status", new JsonString(status.State.ToText())),
                new JsonMember("block", new JsonNumber(checked((long)status.BlockNumber)))),
            text => text.WriteLine($"Wrote {target}. {VerificationTexts.English.AsOf(status)}"));
        return ExitCode.Done;
    }
}
