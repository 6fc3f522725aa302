using System.CommandLine;
using System.Globalization;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>log status</c>.</summary>
internal static class LogStatusCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string?> issuer = LogCommands.IssuerOption();
        Command status = new(
            "status",
            """
            Show each log: entries, newest anchor, entries that wait for the ledger and since when, and how the store stands to
            the ledger: equal, behind (anchoring catches up), ahead or other (histories differ: exit code 1). Exit code 3 when
            the ledger could not be asked. With --node: how the node says that it stands, with what keeps it from its work.
            """)
        {
            issuer,
        };
        NodeOptions node = NodeOptions.AddTo(status, readsRecords: false);
        status.SetAction((result, cancellationToken) => node.FindUrl(result) is Uri url
            ? AskAsync(result, node, url, result.GetValue(issuer), cancellationToken)
            : RunAsync(result, result.GetValue(issuer), cancellationToken));
        return status;
    }

    private static async Task<int> AskAsync(ParseResult result, NodeOptions node, Uri url, string? issuer, CancellationToken cancellationToken)
    {
        using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
        NodeStatus status = await NodeStatus.FetchAsync(session.Client, issuer, cancellationToken);
        CommandOutput output = new(result);
        Show(output, status.Rows, status.IsCompared);
        foreach (string problem in status.Problems)
        {
            output.Note(problem);
        }

        return status.IsDivergent ? ExitCode.VerificationFailed : status.Problems.Count == 0 ? ExitCode.Done : ExitCode.Undecided;
    }

    private static async Task<int> RunAsync(ParseResult result, string? issuer, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        using Store store = workspace.OpenStore(StoreAccess.Read);
        (LedgerSession? session, string? why) = await LedgerAccess.TryConnectAsync(workspace, rpcUrl: null, cancellationToken);
        using LedgerSession? owned = session;
        List<LogStatus> rows = [];
        bool isDivergent = false;
        foreach (StoredLog log in LogCommands.SelectLogs(workspace, store, issuer))
        {
            LedgerComparison? comparison = null;
            try
            {
                comparison = session is null || why is not null ? null : await LedgerComparison.CompareAsync(session, store, log, cancellationToken);
            }
            catch (LedgerException e)
            {
                // It went away meanwhile, or answers nonsense: what the store alone knows is shown all the same.
                why = e.Message;
            }

            StoredAnchor? newest = store.Anchors.FindLatestFinal(log.Number);
            isDivergent |= comparison is { Standing: LedgerStanding.Ahead or LedgerStanding.Other };
            rows.Add(new LogStatus(
                log.Issuer,
                log.Origin,
                store.Entries.Count(log.Number),
                newest?.TreeSize ?? 0,
                TimeOf(newest),
                store.Anchors.FindInFlight(log.Number) is not null,
                StandingOf(comparison),
                comparison?.LedgerSize));
        }

        Show(output, rows, why is null);
        if (why is not null)
        {
            output.Note($"Not compared with the ledger. {why}");
            foreach (LogStatus row in rows.Where(r => r.Waiting > 0))
            {
                output.Note(row.DescribeWaiting());
            }
        }

        return isDivergent ? ExitCode.VerificationFailed : why is null ? ExitCode.Done : ExitCode.Undecided;
    }

    private static void Show(CommandOutput output, IReadOnlyList<LogStatus> rows, bool isCompared) => output.Result(
        new JsonObject(
            new JsonMember("compared", new JsonBoolean(isCompared)),
            new JsonMember("logs", new JsonArray([.. rows.Select(r => r.ToJson())]))),
        text => CommandOutput.Table(text, ["log", "entries", "anchored", "waiting", "in flight", "ledger"], rows.Select(r => r.ToRow())));

    // The block that shows the newest anchor. What waits came later.
    private static string? TimeOf(StoredAnchor? anchor) => LedgerProof.TryDecode(anchor?.LedgerProof, out LedgerProof? proof) && proof.FindBlockTime() is DateTimeOffset time
        ? UtcTime.Format(time)
        : null;

    private static string StandingOf(LedgerComparison? comparison) => comparison switch
    {
        null => LogStatus.NotCompared,
        { Standing: LedgerStanding.Equal } => LogStatus.Equal,
        { Standing: LedgerStanding.Behind } => LogStatus.Behind,
        { Standing: LedgerStanding.Ahead } => "ahead",
        _ => "other",
    };
}

/// <summary>How a log stands, of the workspace here or of a node.</summary>
/// <param name="Issuer">The slug of its member.</param>
/// <param name="Origin">Its origin.</param>
/// <param name="Entries">Its entries.</param>
/// <param name="Anchored">How many of them the newest anchor covers.</param>
/// <param name="AnchoredAt">When that was, or null.</param>
/// <param name="InFlight">Whether an anchor is on its way.</param>
/// <param name="Standing">How it stands to the ledger: <c>equal</c>, <c>behind</c>, <c>ahead</c>, <c>other</c> or <c>not-compared</c>.</param>
/// <param name="LedgerSize">How many entries the ledger has anchored; null where it was not asked.</param>
internal sealed record LogStatus(string Issuer, string Origin, ulong Entries, ulong Anchored, string? AnchoredAt, bool InFlight, string Standing, ulong? LedgerSize)
{
    /// <summary>The ledger has anchored all of it.</summary>
    public const string Equal = "equal";

    /// <summary>The ledger has anchored a part of it.</summary>
    public const string Behind = "behind";

    /// <summary>The ledger was not asked.</summary>
    public const string NotCompared = "not-compared";

    /// <summary>How many entries are not known to be on the ledger.</summary>
    public ulong Waiting => Entries > Anchored ? Entries - Anchored : 0;

    /// <summary>What waits for the ledger, and since when.</summary>
    public string DescribeWaiting() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Issuer}: {Waiting} entries wait for the ledger{(AnchoredAt is string time ? $" since {time}, the time of the newest anchor" : "; none was anchored yet")}. They are kept, and anchored when it is back; importing goes on.");

    /// <summary>The status for people.</summary>
    public IReadOnlyList<string> ToRow() =>
    [
        Origin,
        Entries.ToString(CultureInfo.InvariantCulture),
        Anchored.ToString(CultureInfo.InvariantCulture),
        Waiting.ToString(CultureInfo.InvariantCulture),
        InFlight ? "yes" : "no",
        Standing == Behind ? $"behind by {Entries - (LedgerSize ?? 0)} entries" : Standing,
    ];

    /// <summary>The status for machines.</summary>
    public JsonObject ToJson() => new(
        new JsonMember("issuer", new JsonString(Issuer)),
        new JsonMember("origin", new JsonString(Origin)),
        new JsonMember("entries", new JsonNumber(checked((long)Entries))),
        new JsonMember("anchored", new JsonNumber(checked((long)Anchored))),
        new JsonMember("anchoredAt", AnchoredAt is string time ? new JsonString(time) : new JsonNull()),
        new JsonMember("waiting", new JsonNumber(checked((long)Waiting))),
        new JsonMember("inFlight", new JsonBoolean(InFlight)),
        new JsonMember("ledger", new JsonString(Standing)),
        new JsonMember("ledgerTreeSize", LedgerSize is ulong size ? new JsonNumber(checked((long)size)) : new JsonNull()));
}
