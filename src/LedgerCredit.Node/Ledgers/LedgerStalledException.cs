namespace LedgerCredit.Node.Ledgers;

/// <summary>The ledger answers, but what was asked of it has not happened yet.</summary>
public sealed class LedgerStalledException(string message) : Exception(message);
