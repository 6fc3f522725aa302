using System.CommandLine;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair annul | shield | unshield</c>: what the authority does with a sanction, whether a case is under way or not.</summary>
internal static class SanctionCommands
{
    /// <summary>Makes <c>repair annul</c>.</summary>
    public static Command CreateAnnul() => Create(
        "annul",
        "Annul a sanction whose decision was overturned. Final; a case that is under way ends with it.",
        new StatementOption("grounds", "The decision that overturned it"),
        (presented, caseUnderWay, digest) => RepairDeskContract.EncodeAnnul(presented.Sanction, presented.Entry, caseUnderWay, digest));

    /// <summary>Makes <c>repair shield</c>.</summary>
    public static Command CreateShield() => Create(
        "shield",
        "Shield a sanction, because a court has approved a reorganisation plan or a settlement. A case goes on under the shield.",
        new StatementOption("ruling", "The court's ruling"),
        (presented, _, digest) => RepairDeskContract.EncodeShield(presented.Sanction, presented.Entry, digest));

    /// <summary>Makes <c>repair unshield</c>.</summary>
    public static Command CreateUnshield() => Create(
        "unshield",
        "End the shield of a sanction: the plan or the settlement failed. The sanction is again what it would be without it.",
        new StatementOption("ruling", "The court's ruling"),
        (presented, _, digest) => RepairDeskContract.EncodeUnshield(presented.Sanction, digest));

    private static Command Create(string verb, string description, StatementOption statement, Func<PresentedSanction, ulong, Bytes32, byte[]> encode)
    {
        Argument<string> sanction = new("SANCTION") { Description = "The sanction: its evidence file with the repair terms, or its id in a log of this workspace; with --node in a log of the node." };
        Option<string?> actor = RepairOptions.Actor("the authority");
        Option<string> language = RepairOptions.Language();
        Command command = new(verb, description) { sanction };
        NodeOptions node = NodeOptions.AddToStep(command);
        statement.AddTo(command);
        command.Add(actor);
        command.Add(language);
        command.SetAction(async (result, cancellationToken) =>
        {
            string spoken = result.ReadLanguage(language);
            CommandOutput output = new(result);
            if (node.FindUrl(result) is Uri url)
            {
                Workspace workspace = result.OpenWorkspace();
                ActingAccount authority = ActingAccount.Find(workspace.Config, result.GetValue(actor), ConsortiumRole.Authority);
                using NodeSession remote = await node.ConnectAsync(result, url, authority, cancellationToken);
                string name = result.GetRequiredValue(sanction);
                if (await FetchAsync(result, remote, name, spoken, cancellationToken) is not byte[] evidence)
                {
                    return ExitCode.VerificationFailed;
                }

                PresentedSanction shown = Present(name, evidence);
                ulong underWay = await FindCaseUnderWayAsync(remote, shown.LeafHash, spoken, cancellationToken);
                Statement stated = statement.Keep(result, new StatementStore(workspace));
                StepCall call = new(
                    encode(shown, underWay, stated.Digest),
                    new RepairStepRequest(verb, Evidence: NodeJson.ParseEvidence(evidence), Statement: stated.Digest.ToString()),
                    stated,
                    shown.LeafHash);
                return await NodeStep.TakeAsync(result, remote, authority, call, view: null, spoken, cancellationToken);
            }

            using RepairSession session = await RepairSession.OpenAsync(result, cancellationToken);
            PresentedSanction presented = Find(session, result.GetRequiredValue(sanction));
            RepairTerms terms = presented.Sanction.Terms;
            ActingAccount account = session.FindAuthority(result.GetValue(actor), terms.Authority);
            Statement kept = statement.Keep(result, new StatementStore(session.Workspace));
            TimeSpan zone = session.Packs.FindByHash(terms.RulePack)?.UtcOffset ?? TimeSpan.Zero;
            RepairStepResult step = await session.TakeAsync(
                account, encode(presented, FindCaseUnderWay(session, presented.LeafHash), kept.Digest), new RefusalWords(output, spoken, zone), cancellationToken);
            ulong caseId = step.Events.Select(desk => RepairDeskEventFacts.FindCaseId(desk) ?? 0).Max();
            StepReport.Write(output, session, spoken, account, step, caseId, kept);
            return ExitCode.Done;
        });
        return command;
    }

    // The whole evidence file goes with the request, because the node may have other logs.
    private static async Task<byte[]?> FetchAsync(ParseResult result, NodeSession node, string name, string language, CancellationToken cancellationToken) => File.Exists(name)
        ? InputFile.Read(name, EvidenceFile.MaxBytes)
        : (await NodeEvidence.FetchSanctionAsync(result, node, name, trustPath: null, language, cancellationToken))?.Bytes;

    private static async Task<ulong> FindCaseUnderWayAsync(NodeSession node, Bytes32 leafHash, string language, CancellationToken cancellationToken) =>
        (ulong)((await NodeCases.SearchAsync(node.Client, new RepairCaseSearch(UnderWay: true, Sanction: leafHash.ToString()), language, cancellationToken)).LastOrDefault(row => row.Sanction == leafHash.ToString())?.Case ?? 0);

    private static PresentedSanction Present(string text, byte[] bytes) =>
        EvidenceFile.TryParse(bytes, out EvidenceFile? file, out ParseProblem? problem) && PresentedSanction.TryOf(file, out PresentedSanction? presented, out problem)
            ? presented
            : throw new InputException($"'{text}' shows no sanction that the repair desk could take. {problem}");

    private static ulong FindCaseUnderWay(RepairSession session, Bytes32 leafHash) =>
        session.Index.FindCases(leafHash) is [.., ulong newest] && session.Index.FindCase(newest) is { IsUnderWay: true } ? newest : 0;

    private static PresentedSanction Find(RepairSession session, string text)
    {
        if (File.Exists(text))
        {
            return Present(text, InputFile.Read(text, EvidenceFile.MaxBytes));
        }

        IReadOnlyList<FoundRecord> found = RecordFinder.Find(session.Store, text, issuer: null, RecordKind.Sanction);
        if (found is not [FoundRecord record])
        {
            throw new InputException(found.Count == 0
                ? $"'{text}' is neither a file nor the id of a sanction here."
                : $"Several logs here have a sanction '{text}': {string.Join(", ", found.Select(f => f.Log.Issuer))}. Give its evidence file instead.");
        }

        EvidenceFile evidence = new EvidenceBuilder(session.Workspace, session.Store, session.Packs, session.Keys.OpenSubjectKey()).TryBuild(record.Log, record.Position)
            ?? throw new InputException($"The sanction '{text}' is not anchored on the ledger yet. Run 'ledgercredit log anchor --wait' first.");
        return PresentedSanction.TryOf(evidence, out PresentedSanction? own, out ParseProblem? why)
            ? own
            : throw new InputException($"The sanction '{text}' cannot be shown to the repair desk. {why}");
    }
}
