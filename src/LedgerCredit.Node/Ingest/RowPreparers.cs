using System.Collections.Concurrent;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Ingest;

/// <summary>Makes batches of rows ready for the log. Thread-safe: as many preparers are kept as work at the same time.</summary>
internal sealed class RowPreparers(IRulePackSource packs, Bytes32 subjectKey)
{
    private readonly ConcurrentBag<RecordPreparer> _idle = [];

    /// <summary>Parses, validates and commits the rows of a batch.</summary>
    public IngestRow[] Prepare(ImportBatch batch)
    {
        IReadOnlyList<ImportRow> rows = batch.MakeRows();
        if (!_idle.TryTake(out RecordPreparer? preparer))
        {
            preparer = new RecordPreparer(packs, subjectKey);
        }

        Preparation[] preparations = preparer.Prepare([.. rows.Where(row => row.IsAccepted).Select(row => row.Record!)]);
        _idle.Add(preparer);
        IngestRow[] prepared = new IngestRow[rows.Count];
        int accepted = 0;
        for (int i = 0; i < prepared.Length; i++)
        {
            prepared[i] = rows[i].IsAccepted ? Make(rows[i], preparations[accepted++]) : Make(rows[i], default);
        }

        return prepared;
    }

    private static IngestRow Make(ImportRow row, Preparation preparation) => new(
        new RowPlace(row.RowNumber, row.LineNumber),
        preparation.Prepared,
        preparation.Problem is RecordProblem problem ? new RejectReason(problem.Code, problem.Message, problem.Path) : row.Reject,
        row.Warnings);
}
