using System.Text;
using System.Text.Json.Nodes;
using LedgerCredit.Client.Models;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Log;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Service.Hosting;

namespace LedgerCredit.Service.Audits;

/// <summary>One audit that somebody asked for. Thread-safe.</summary>
internal sealed class AuditJob : IProgress<AuditProgress>, IDisposable
{
    private readonly NodeContext _node;
    private readonly string? _rpcUrl;
    private readonly CancellationTokenSource _stop = new();
    private readonly DateTimeOffset _startedAt;
    private volatile Entries? _entries;
    private volatile Outcome? _outcome;

    internal AuditJob(long id, NodeContext node, string? rpcUrl)
    {
        Id = id;
        _node = node;
        _rpcUrl = rpcUrl;
        _startedAt = node.TimeProvider.GetUtcNow();
        Running = Task.Run(RunAsync);
    }

    internal long Id { get; }

    /// <summary>Ends with the audit, without its exceptions.</summary>
    internal Task Running { get; }

    internal bool IsRunning => _outcome is null;

    /// <summary>Asks the audit to end early.</summary>
    internal void Cancel() => _stop.Cancel();

    /// <inheritdoc/>
    public void Report(AuditProgress value) => _entries = new Entries(checked((long)value.Entries), checked((long)value.Total));

    /// <summary>The audit, without its report.</summary>
    internal AuditLine ToLine()
    {
        Outcome? outcome = _outcome;
        Entries? entries = _entries;
        return new AuditLine(
            Id,
            StateOf(outcome),
            UtcTime.Format(_startedAt),
            outcome is null ? null : UtcTime.Format(outcome.EndedAt),
            entries?.Done ?? 0,
            entries?.Total,
            outcome?.Report is AuditReport report ? AuditReportJson.NameOf(report.Verdict) : null,
            outcome?.Problem);
    }

    internal AuditView ToView()
    {
        Outcome? outcome = _outcome;
        Entries? entries = _entries;
        return new AuditView(
            Id,
            StateOf(outcome),
            UtcTime.Format(_startedAt),
            outcome is null ? null : UtcTime.Format(outcome.EndedAt),
            entries?.Done ?? 0,
            entries?.Total,
            outcome?.Report is AuditReport report ? JsonNode.Parse(Encoding.UTF8.GetString(JsonText.WriteLine(AuditReportJson.Write(report))))!.AsObject() : null,
            outcome?.Problem);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        try
        {
            (LedgerSession? session, string? why) = await ConnectAsync();
            using LedgerSession? owned = session;
            AuditReport report = await LogAudit.RunAsync(_node.Workspace, _node.Packs, new AuditKeys(_node.SubjectKey, _node.MaterialKey), session, why, this, _stop.Token);
            End("done", report, null);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            End("cancelled", null, null);
        }
        catch (Exception e) when (e is LedgerException or LedgerStalledException or WorkspaceException or LogIntegrityException or System.Data.Common.DbException or IOException)
        {
            End("failed", null, e.Message);
        }
    }

    private async Task<(LedgerSession? Session, string? Why)> ConnectAsync()
    {
        if (_node.Workspace.Config.Ledger.Contracts is null)
        {
            return (null, "This workspace knows no contracts yet.");
        }

        try
        {
            return (await LedgerSession.ConnectAsync(_node.Workspace, _rpcUrl, _node.TimeProvider, _stop.Token), null);
        }
        catch (Exception e) when (e is LedgerException or DevnetException)
        {
            // The store alone is worth auditing; the report says that it was not compared.
            return (null, e.Message);
        }
    }

    private static string StateOf(Outcome? outcome) => outcome?.State ?? "running";

    private void End(string state, AuditReport? report, string? problem) => _outcome = new Outcome(state, _node.TimeProvider.GetUtcNow(), report, problem);

    private sealed record Entries(long Done, long Total);

    private sealed record Outcome(string State, DateTimeOffset EndedAt, AuditReport? Report, string? Problem);
}
