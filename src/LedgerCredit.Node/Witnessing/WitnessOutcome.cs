namespace LedgerCredit.Node.Witnessing;

/// <summary>What asking a witness came to.</summary>
/// <param name="Issuer">The log.</param>
/// <param name="Witness">The witness's name.</param>
/// <param name="TreeSize">The size of the checkpoint.</param>
/// <param name="Problem">Why it is not cosigned, in one sentence without a full stop; null where it is.</param>
/// <param name="IsAlarm">Whether the witness knows another history of the log, or a longer one, than the store.</param>
public sealed record WitnessOutcome(string Issuer, string Witness, ulong TreeSize, string? Problem, bool IsAlarm);
