using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Anchoring;

/// <summary>What anchoring a log came to.</summary>
/// <param name="Issuer">The log.</param>
/// <param name="TreeSize">The size that is on the ledger now; 0 when there was nothing to anchor.</param>
/// <param name="TransactionHash">The transaction that this call completed or sent, or null when all was anchored before.</param>
/// <param name="Block">The block that shows it; null while it is not mined.</param>
/// <param name="GasUsed">What the transaction cost; null where none was mined in this call.</param>
public sealed record AnchorOutcome(string Issuer, ulong TreeSize, Bytes32? TransactionHash, ulong? Block, ulong? GasUsed);
