using System.Buffers;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.Import;
using LedgerCredit.Node.Ingest;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Primitives;

namespace LedgerCredit.Cli.Remote;

/// <summary>Takes rows of a file to a node: made records here, written in requests of some hundred, each row reported as locally.</summary>
/// <remarks>
/// One request after the other, so that records come into their logs in the order of the file. Where the line breaks, every row that was reported
/// is in its log; rows of the request that was under way may be, and the same file imported again is told so.
/// </remarks>
internal sealed class NodeIngest(LedgerCreditClient client)
{
    // Records of one request beside their number: some are long.
    private const int MaxRequestBytes = 4 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly List<ImportRow> _rows = [];
    private int _sent;

    /// <summary>Takes the rows of one file.</summary>
    /// <param name="batches">Lazily read.</param>
    /// <param name="listener">Hears what becomes of each row, in file order.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IngestSummary> IngestAsync(IEnumerable<ImportBatch> batches, IIngestListener listener, CancellationToken cancellationToken)
    {
        IngestSummary summary = IngestSummary.Empty;
        ParseProblem? stopped = null;
        using IEnumerator<ImportBatch> reading = batches.GetEnumerator();
        while (TryRead(reading, out ImportBatch? batch, out stopped))
        {
            for (int i = 0; i < batch!.Count; i++)
            {
                Add(batch.MakeRow(i));
                if (_rows.Count == LedgerCreditClient.MaxLinesOfRequest || _lines.WrittenCount >= MaxRequestBytes)
                {
                    summary = await SendAsync(listener, summary, cancellationToken);
                }
            }
        }

        // Rows before an unreadable place are as good as any others.
        return await SendAsync(listener, summary, cancellationToken) with { Stopped = stopped };
    }

    private static bool TryRead(IEnumerator<ImportBatch> reading, out ImportBatch? batch, out ParseProblem? problem)
    {
        problem = null;
        try
        {
            batch = reading.MoveNext() ? reading.Current : null;
        }
        catch (ImportFileException e)
        {
            problem = e.Problem;
            batch = null;
        }

        return batch is not null;
    }

    private void Add(ImportRow row)
    {
        _rows.Add(row);
        if (row.IsAccepted)
        {
            _lines.Write(row.Record.ToCanonicalBytes());
            _lines.Write("\n"u8);
            _sent++;
        }
    }

    private async Task<IngestSummary> SendAsync(IIngestListener listener, IngestSummary summary, CancellationToken cancellationToken)
    {
        IReadOnlyList<RecordLineAnswer> answers = _sent == 0
            ? []
            : await client.PostRecordLinesAsync(_lines.WrittenMemory, cancellationToken);
        int next = 0;
        summary = summary with { Read = summary.Read + _rows.Count };
        foreach (ImportRow row in _rows)
        {
            summary = row.IsAccepted ? Report(row, answers[next++], listener, summary) : Reject(row, row.Reject, listener, summary);
        }

        _rows.Clear();
        _lines.ResetWrittenCount();
        _sent = 0;
        return summary;
    }

    private static RowPlace PlaceOf(ImportRow row) => new(row.RowNumber, row.LineNumber);

    private static IngestSummary Reject(ImportRow row, RejectReason reason, IIngestListener listener, IngestSummary summary)
    {
        listener.OnRejected(PlaceOf(row), reason);
        return summary with { Rejected = summary.Rejected + 1 };
    }

    private static IngestSummary Report(ImportRow row, RecordLineAnswer answer, IIngestListener listener, IngestSummary summary)
    {
        if (answer.Receipt is not RecordReceipt receipt)
        {
            return Reject(row, ReasonOf(answer), listener, summary);
        }

        if (!Bytes32.TryParseHex(receipt.LeafHash, out Bytes32 leafHash) || receipt.LeafIndex < 0)
        {
            throw new NodeAnswerException($"The node's receipt for row {row.RowNumber} is none: expected an index and a leaf hash of 0x and 64 hex digits.");
        }

        // What the record itself says was found here already.
        List<string> warnings = [.. row.Warnings, .. receipt.Warnings.Where(warning => warning.Code == "superseded-missing").Select(_ => RecordIngest.SupersededMissing)];
        foreach (string warning in warnings)
        {
            listener.OnWarning(PlaceOf(row), warning);
        }

        bool isNew = answer.Result == "added";
        listener.OnAcknowledged(
            PlaceOf(row),
            isNew ? AppendResult.Added : AppendResult.AlreadyThere,
            new RecordAcknowledgement(receipt.Origin, (ulong)receipt.LeafIndex, leafHash, receipt.Checkpoint));
        return summary with
        {
            Imported = summary.Imported + (isNew ? 1 : 0),
            AlreadyThere = summary.AlreadyThere + (isNew ? 0 : 1),
            Warnings = summary.Warnings + warnings.Count,
        };
    }

    private static RejectReason ReasonOf(RecordLineAnswer answer) => answer switch
    {
        { Result: "conflict" } => RecordIngest.ReasonOf(AppendResult.Conflict),
        { Result: "erased" } => RecordIngest.ReasonOf(AppendResult.Erased),
        { Issues: [RecordIssue only] } => new RejectReason(only.Code, only.Message, only.Path.Length == 0 ? null : only.Path),
        { Issues: [RecordIssue first, ..] } => new RejectReason(first.Code, string.Join(' ', answer.Issues.Select(issue => $"{issue.Path}: {issue.Message}")), first.Path.Length == 0 ? null : first.Path),
        _ => new RejectReason("refused", "The node refuses it without saying why.", null),
    };
}
