using LedgerCredit.Log;

namespace LedgerCredit.Node.Witnessing;

/// <summary>A log that a witness looks after.</summary>
/// <param name="Origin">Its origin.</param>
/// <param name="Keys">The keys of its checkpoints: one, or several while the log changes over to a new one.</param>
public sealed record WitnessedLog(string Origin, IReadOnlyList<NoteVerifierKey> Keys);
