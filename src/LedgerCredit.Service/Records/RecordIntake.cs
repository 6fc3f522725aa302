using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Ingest;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Telemetry;
using LedgerCredit.Service.Health;
using LedgerCredit.Service.Hosting;

namespace LedgerCredit.Service.Records;

/// <summary>What became of a record that a caller sent.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Receipt">The acknowledgement, where the record is in the log.</param>
/// <param name="Issues">Why it was refused; empty where it was not.</param>
internal sealed record IntakeOutcome(IntakeResult Result, RecordReceipt? Receipt, IReadOnlyList<RecordIssue> Issues);

/// <summary>How the intake of a record ended.</summary>
internal enum IntakeResult
{
    /// <summary>It was added to the log.</summary>
    Added,

    /// <summary>It was there already.</summary>
    AlreadyThere,

    /// <summary>Another record has its issuer, kind and id.</summary>
    Conflict,

    /// <summary>It was erased.</summary>
    Erased,

    /// <summary>It is no record, or its terms cannot be computed.</summary>
    Invalid,

    /// <summary>The caller may not write it.</summary>
    NotAllowed,
}

/// <summary>Takes records from callers: reads, checks, commits, and waits until the record is durable.</summary>
/// <param name="node">The node.</param>
/// <param name="readiness">Whether the node takes records.</param>
internal sealed class RecordIntake(NodeContext node, Readiness readiness)
{
    /// <summary>The longest record in bytes; longer ones are refused before they are read.</summary>
    internal const int MaxRecordBytes = 64 * 1024;

    /// <summary>Takes one record.</summary>
    /// <param name="utf8">Its JSON text.</param>
    /// <param name="authority">What the caller may write.</param>
    /// <param name="cancellationToken">Ends the waiting: the record may be in the log all the same, and sent again it is told so.</param>
    /// <exception cref="RecordsClosedException">No records are taken now.</exception>
    internal async Task<IntakeOutcome> TakeAsync(ReadOnlyMemory<byte> utf8, WriteAuthority authority, CancellationToken cancellationToken)
    {
        IntakeOutcome outcome = await TakeUncountedAsync(utf8, authority, cancellationToken);
        if (outcome.Receipt is null)
        {
            NodeMetrics.RecordRefused(outcome.Result switch
            {
                IntakeResult.Conflict => "conflict",
                IntakeResult.Erased => "erased",
                IntakeResult.NotAllowed => "not-allowed",
                _ => "invalid",
            });
        }

        return outcome;
    }

    private async Task<IntakeOutcome> TakeUncountedAsync(ReadOnlyMemory<byte> utf8, WriteAuthority authority, CancellationToken cancellationToken)
    {
        // Of each record, because a stream may go on for hours: where the node finds meanwhile that the ledger has another history, what
        // follows would fork the log.
        if (readiness.WriteProblem is string reason)
        {
            throw new RecordsClosedException(reason);
        }

        // When the writer returns, the record survives power loss. A crash before it leaves the caller without an answer; it sends the record
        // again and gets the first acknowledgement, or the record is new. The first way is the fast one, and takes nearly all; the second
        // takes the rest, and says what is wrong where something is.
        if (node.Writer.TryPrepare(utf8.Span) is PreparedRecord prepared)
        {
            return FindProblem(authority, prepared.Issuer, prepared.Kind) is RecordIssue refused
                ? new IntakeOutcome(IntakeResult.NotAllowed, null, [refused])
                : Describe(prepared.Issuer, [], await node.Writer.WriteAsync(prepared, authority.Caller.Name, cancellationToken));
        }

        if (!CreditRecord.TryParse(utf8.Span, node.Workspace.Config.Rules, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems))
        {
            return Refuse(IntakeResult.Invalid, problems);
        }

        if (FindProblem(authority, record.Issuer, record.Kind) is RecordIssue issue)
        {
            return new IntakeOutcome(IntakeResult.NotAllowed, null, [issue]);
        }

        try
        {
            return Describe(record.Issuer, record.Warnings, await node.Writer.WriteAsync(record, authority.Caller.Name, cancellationToken));
        }
        catch (RecordRefusedException e)
        {
            return Refuse(IntakeResult.Invalid, [e.Problem]);
        }
    }

    // An organisation of the consortium may have its log at another node. Found here, and not by the writer, it is the fault of one record.
    private RecordIssue? FindProblem(WriteAuthority authority, string issuer, RecordKind kind) =>
        authority.FindProblem(issuer, kind)
            ?? (node.HasLog(issuer)
                ? null
                : new RecordIssue("no-log-here", "/issuer", $"This node keeps no log of '{issuer}'. Send the record to the node that does, or have the operator add it here: 'ledgercredit member add {issuer}'."));

    private static IntakeOutcome Refuse(IntakeResult result, IReadOnlyList<RecordProblem> problems) =>
        new(result, null, [.. problems.Select(ToIssue)]);

    private static IntakeOutcome Describe(string issuer, IReadOnlyList<RecordProblem> warnings, AppendOutcome outcome) => outcome.Result switch
    {
        AppendResult.Added => new IntakeOutcome(IntakeResult.Added, ReceiptOf(issuer, warnings, outcome, "added"), []),
        AppendResult.AlreadyThere => new IntakeOutcome(IntakeResult.AlreadyThere, ReceiptOf(issuer, warnings, outcome, "already-there"), []),
        AppendResult.Conflict => new IntakeOutcome(IntakeResult.Conflict, null, [new RecordIssue("record-conflict", "/id", "Another record of this issuer, kind and id is in the log. A correction is a new record that names this one in 'supersedes'.")]),
        AppendResult.Erased => new IntakeOutcome(IntakeResult.Erased, null, [new RecordIssue("record-erased", "/id", "The record of this issuer, kind and id was erased, and stays erased.")]),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static RecordReceipt ReceiptOf(string issuer, IReadOnlyList<RecordProblem> recordWarnings, AppendOutcome outcome, string result)
    {
        RecordAcknowledgement acknowledgement = outcome.Acknowledgement!;
        List<RecordIssue> warnings = [.. recordWarnings.Select(ToIssue)];
        if (outcome.SupersededMissing)
        {
            warnings.Add(new RecordIssue("superseded-missing", "/supersedes", "The log holds no record of this id."));
        }

        return new RecordReceipt(
            result,
            issuer,
            acknowledgement.Origin,
            checked((long)acknowledgement.LeafIndex),
            acknowledgement.LeafHash.ToString(),
            acknowledgement.Checkpoint,
            warnings);
    }

    private static RecordIssue ToIssue(RecordProblem problem) => new(problem.Code, problem.Path, problem.Message);
}
