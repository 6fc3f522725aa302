using LedgerCredit.Node.Import;
using LedgerCredit.Node.Sequencing;

namespace LedgerCredit.Node.Ingest;

/// <summary>Hears what becomes of each row, in the order of the batches. Called on the importing thread.</summary>
public interface IIngestListener
{
    /// <summary>A row was rejected. Nothing of it is in a log.</summary>
    void OnRejected(RowPlace row, RejectReason reason);

    /// <summary>A record is in its log, durably; <paramref name="result"/> says whether it was before.</summary>
    void OnAcknowledged(RowPlace row, AppendResult result, RecordAcknowledgement acknowledgement);

    /// <summary>There is something to look at in a row that was accepted.</summary>
    void OnWarning(RowPlace row, string message);
}
