namespace LedgerCredit.Service.Records;

/// <summary>No record is taken, and why: <see cref="Health.Readiness.WriteProblem"/>.</summary>
internal sealed class RecordsClosedException(string message) : Exception(message);
