using System.CommandLine;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Contracts;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair show</c>: a case, for whoever takes part in it.</summary>
internal static class ShowCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> which = CaseArgument.Create();
        Option<string> language = RepairOptions.Language();
        Command show = new(
            "show",
            """
            Show a case: the eleven conditions, who owes what by when, who can move it on, and what happened.
            Now is the time of the ledger's newest block. Days are those of the rules, in the zone of the rule pack; the ledger
            itself knows no holidays and waits longer.
            """)
        {
            which,
            language,
        };
        NodeOptions node = NodeOptions.AddTo(show, readsRecords: true);
        show.SetAction(async (result, cancellationToken) =>
        {
            string spoken = result.ReadLanguage(language);
            CommandOutput output = new(result);
            if (node.FindUrl(result) is Uri url)
            {
                using NodeSession asked = await node.ConnectAsync(result, url, cancellationToken);
                NodeCases.Write(output, await NodeCases.FindAsync(asked.Client, result.GetRequiredValue(which), spoken, cancellationToken), spoken);
                return ExitCode.Done;
            }

            using RepairSession session = await RepairSession.OpenAsync(result, cancellationToken);
            IndexedCase indexed = CaseArgument.Find(session, result.GetRequiredValue(which), spoken);
            RepairConditions conditions = await session.Desk.FetchConditionsAsync(indexed.CaseId, cancellationToken);

            // The node may be reading on while this looks: what is shown is of one moment.
            using StoreTransaction moment = session.Store.BeginRead();
            CaseDetail detail = new CaseReporter(session.Index, session.Packs).TryDetail(indexed, conditions) ?? throw MissingPack(indexed);
            string? record = new SanctionNames(session, [indexed]).Find(indexed.LeafHash);
            StatementStore statements = new(session.Workspace);
            output.Result(
                CaseJson.Write(detail, session.Index, record, spoken),
                text => new CaseScreen(detail, session, record, spoken, statements.Find, output.IsTerminal).Write(text));
            return ExitCode.Done;
        });
        return show;
    }

    /// <summary>The error where the rule pack of a case is not known here.</summary>
    public static WorkspaceException MissingPack(IndexedCase indexed) => MissingPack(indexed.Terms.RulePack, indexed.CaseId);

    /// <summary>The same of a pack by its hash.</summary>
    public static WorkspaceException MissingPack(Bytes32 rulePack, ulong caseId) => new(
        $"The rule pack {rulePack} of case {caseId} is not here. Get its document from the authority and run 'ledgercredit contracts add-pack FILE', which sends nothing where the ledger has it.");
}
