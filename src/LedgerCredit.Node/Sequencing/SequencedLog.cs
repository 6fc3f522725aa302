using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Sequencing;

/// <summary>A log that can be appended to.</summary>
/// <param name="Log">The log.</param>
/// <param name="Key">The key that signs its checkpoints.</param>
public sealed record SequencedLog(StoredLog Log, LogKey Key);
