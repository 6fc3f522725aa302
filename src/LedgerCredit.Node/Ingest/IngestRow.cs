using LedgerCredit.Node.Import;
using LedgerCredit.Node.Sequencing;

namespace LedgerCredit.Node.Ingest;

/// <summary>A row that was committed to, or rejected before. Holds no JSON.</summary>
/// <param name="Place">Where it is in the file.</param>
/// <param name="Prepared">The record, or null where the row was rejected.</param>
/// <param name="Reject">Why it was rejected, or null.</param>
/// <param name="Warnings">What should be looked at in an accepted row.</param>
internal readonly record struct IngestRow(RowPlace Place, PreparedRecord? Prepared, RejectReason? Reject, IReadOnlyList<string> Warnings);
