using System.Text.Json;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.Auditing;

namespace LedgerCredit.Cli.Remote;

/// <summary>An audit that a node does of its own store, followed to its end.</summary>
internal static class NodeAudit
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>Begins an audit, or joins the one that runs, and waits for its report.</summary>
    /// <param name="client">The node.</param>
    /// <param name="progress">Told how many entries are done, and of how many where the node says so.</param>
    /// <param name="cancellationToken">Ends the waiting; the node goes on.</param>
    /// <returns>The report, or why there is none.</returns>
    public static async Task<(AuditReport? Report, string? Why)> RunAsync(LedgerCreditClient client, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        AuditView view = await client.StartAuditAsync(cancellationToken);
        while (view.State == "running")
        {
            progress(view.EntriesDone, view.EntriesTotal);
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            view = await client.GetAuditAsync(view.Id, cancellationToken);
        }

        return view.Report is null
            ? (null, view.State == "cancelled" ? "Somebody ended the audit early." : $"The audit did not come to an end. {view.Problem}")
            : (Read(view.Report), null);
    }

    private static AuditReport Read(System.Text.Json.Nodes.JsonObject json)
    {
        ReportForm report;
        try
        {
            report = json.Deserialize<ReportForm>(Options) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new NodeAnswerException($"The node's report of the audit is none: {e.Message}");
        }

        return new AuditReport(
            report.Verdict switch
            {
                "sound" => AuditVerdict.Sound,
                "diverges" => AuditVerdict.Diverges,
                _ => AuditVerdict.NotCompared,
            },
            [.. report.Findings.Select(finding => new AuditFinding(finding.Code, finding.Issuer, finding.LeafIndex, finding.Message))],
            [.. report.Logs.Select(log => new AuditedLog(
                log.Issuer,
                log.Origin,
                log.Entries,
                log.RootHash,
                log.Checkpoints,
                [.. log.Anchors.Select(anchor => new AuditedAnchor(anchor.TreeSize, anchor.Block, StandingOf(anchor.Standing)))],
                [.. log.Erased.Select(erased => new ErasedEntry(erased.LeafIndex, NodeJson.ReadTime(erased.ErasedAt, "report of the audit"), erased.Reason))]))],
            report.NotComparedBecause);
    }

    private static AnchorStanding StandingOf(string standing) => standing switch
    {
        "on-ledger" => AnchorStanding.OnLedger,
        "in-flight" => AnchorStanding.InFlight,
        "not-compared" => AnchorStanding.NotCompared,
        _ => AnchorStanding.Diverges,
    };

    // The form of docs/audit.md.
    private sealed record ReportForm(string Verdict, IReadOnlyList<FindingForm> Findings, IReadOnlyList<LogForm> Logs, string? NotComparedBecause);

    private sealed record FindingForm(string Code, string? Issuer, ulong? LeafIndex, string Message);

    private sealed record LogForm(
        string Issuer, string Origin, ulong Entries, string RootHash, long Checkpoints, IReadOnlyList<AnchorForm> Anchors, IReadOnlyList<ErasedForm> Erased);

    private sealed record AnchorForm(ulong TreeSize, ulong? Block, string Standing);

    private sealed record ErasedForm(ulong LeafIndex, string ErasedAt, string Reason);
}
