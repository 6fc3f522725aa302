namespace LedgerCredit.Node.Auditing;

/// <summary>How far an audit is.</summary>
/// <param name="Entries">How many entries are done, of all logs.</param>
/// <param name="Total">How many there are.</param>
public readonly record struct AuditProgress(ulong Entries, ulong Total);
