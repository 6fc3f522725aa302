using System.Collections.Concurrent;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Ingest;

/// <summary>Makes rows and records ready for the log. Thread-safe: as many preparers are kept as work at the same time.</summary>
internal sealed class RowPreparers(IRulePackSource packs, Bytes32 subjectKey)
{
    private readonly ConcurrentBag<RecordPreparer> _idle = [];

    /// <summary>Parses, validates and commits the rows of a batch, which is released.</summary>
    public IngestRow[] Prepare(ImportBatch batch)
    {
        RecordPreparer preparer = Take();
        IngestRow[] rows = new IngestRow[batch.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = batch.TryGetLine(i, out RecordLine line) && preparer.TryAdd(line.Text, line.Issuer)
                ? new IngestRow(new RowPlace(line.RowNumber, line.LineNumber), null, null, [])
                : Add(preparer, batch.MakeRow(i));
        }

        batch.Release();
        int next = 0;
        Preparation[] preparations = preparer.Prepare();
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Reject is null)
            {
                Preparation preparation = Check(preparations[next++]);
                rows[i] = rows[i] with
                {
                    Prepared = preparation.Prepared,
                    Reject = preparation.Problem is RecordProblem problem ? new RejectReason(problem.Code, problem.Message, problem.Path) : null,
                };
            }
        }

        _idle.Add(preparer);
        return rows;
    }

    /// <summary>Commits one record by its text, as <see cref="RecordPreparer.TryAdd"/> takes it; null where that does not.</summary>
    public PreparedRecord? TryPrepare(ReadOnlySpan<byte> text)
    {
        RecordPreparer preparer = Take();
        PreparedRecord? prepared = preparer.TryAdd(text, issuer: null) ? Check(preparer.Prepare()[0]).Prepared : null;
        _idle.Add(preparer);
        return prepared;
    }

    /// <summary>Commits one record.</summary>
    public Preparation Prepare(CreditRecord record)
    {
        RecordPreparer preparer = Take();
        preparer.Add(record);
        Preparation preparation = Check(preparer.Prepare()[0]);
        _idle.Add(preparer);
        return preparation;
    }

    private static Preparation Check(Preparation preparation) => preparation.Prepared switch
    {
        // The node's own log of reads holds nothing else (docs/spec/access.md section 8).
        { Issuer: RecordKinds.AccessIssuer, Kind: not RecordKind.Access } =>
            new Preparation(null, new RecordProblem("bad-issuer", "/issuer", $"Expected a party as the issuer, found '{RecordKinds.AccessIssuer}', in whose log this node keeps who read what.")),

        // Nobody states them: the recorder makes them of the ledger's events (docs/spec/repair-records.md section 1).
        { Kind: RecordKind.Repair } =>
            new Preparation(null, new RecordProblem("made-by-the-node", "/kind", "Expected a sanction or a rating: repair records are made by the node alone, from the final events of the ledger.")),
        _ => preparation,
    };

    // One that throws is not given back: what it holds is unknown.
    private RecordPreparer Take() => _idle.TryTake(out RecordPreparer? preparer) ? preparer : new RecordPreparer(packs, subjectKey);

    private static IngestRow Add(RecordPreparer preparer, ImportRow row)
    {
        if (row.IsAccepted)
        {
            preparer.Add(row.Record);
        }

        return new IngestRow(new RowPlace(row.RowNumber, row.LineNumber), null, row.Reject, row.Warnings);
    }
}
