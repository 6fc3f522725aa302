using System.CommandLine;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>node reindex</c>.</summary>
internal static class NodeReindexCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string?> rpc = new("--rpc") { Description = "Another endpoint of the same ledger than the configured one.", HelpName = "URL" };
        Command reindex = new(
            "reindex",
            """
            Forget the index of the ledger and read it anew: the events of members, rule packs and repair cases, from the
            deployment on. For when 'log audit' finds that it was altered, or an endpoint had hidden events. Nothing else
            is touched, no repair is recorded and no supervisor told twice. Safe to interrupt.
            """)
        {
            rpc,
        };
        reindex.SetAction((result, cancellationToken) => RunAsync(result, LedgerAccess.CheckRpcUrl(result.GetValue(rpc)), cancellationToken));
        return reindex;
    }

    private static async Task<int> RunAsync(ParseResult result, string? rpcUrl, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl, TimeProvider.System, cancellationToken);
        using Store store = workspace.OpenStore(StoreAccess.Write);
        LedgerIndexer indexer = new(session.Client, session.Contracts, store, LedgerFinality.Of(workspace.Config, TimeProvider.System));
        ulong head = await session.Client.FetchBlockNumberAsync(cancellationToken);
        IndexPosition reached;
        using (ProgressBar bar = ProgressBar.Start(output, "Reading blocks", (long)Math.Min(head, long.MaxValue)))
        {
            reached = await indexer.RebuildAsync(new Progress(bar), cancellationToken);
        }

        long events = store.LedgerEvents.Count();
        int cases = store.RepairCases.Read(CaseFilter.All).Count;
        output.Result(
            new JsonObject(
                new JsonMember("block", new JsonNumber(checked((long)reached.BlockNumber))),
                new JsonMember("blockHash", new JsonString(reached.BlockHash.ToString())),
                new JsonMember("events", new JsonNumber(events)),
                new JsonMember("cases", new JsonNumber(cases))),
            text => text.WriteLine($"The index has {events} events and {cases} repair cases, up to block {reached.BlockNumber}."));
        return ExitCode.Done;
    }

    private sealed class Progress(ProgressBar bar) : IProgress<ulong>
    {
        public void Report(ulong value) => bar.Report(checked((long)value));
    }
}
