using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Sequencing;

/// <summary>The acknowledgement of a record: it is in the log for ever, at this index.</summary>
/// <param name="Origin">The log's origin.</param>
/// <param name="LeafIndex">The record's index.</param>
/// <param name="LeafHash">Its leaf hash.</param>
/// <param name="Checkpoint">The first signed checkpoint that covers it, as a note: whoever holds it can prove that a tail was rewritten.</param>
public sealed record RecordAcknowledgement(string Origin, ulong LeafIndex, Bytes32 LeafHash, string Checkpoint);

/// <summary>What became of a record that was offered to its log.</summary>
public enum AppendResult
{
    /// <summary>It was added.</summary>
    Added,

    /// <summary>The same record was there already; the first acknowledgement is given again.</summary>
    AlreadyThere,

    /// <summary>Another record of the same issuer, kind and id is there: refused.</summary>
    Conflict,

    /// <summary>A record of this issuer, kind and id was erased, and stays erased: refused.</summary>
    Erased,
}

/// <summary>The outcome for one record.</summary>
/// <param name="Result">What happened.</param>
/// <param name="Acknowledgement">Present for <see cref="AppendResult.Added"/> and <see cref="AppendResult.AlreadyThere"/>.</param>
/// <param name="SupersededMissing">The record supersedes one that this log does not hold: worth a warning.</param>
public sealed record AppendOutcome(AppendResult Result, RecordAcknowledgement? Acknowledgement, bool SupersededMissing);
