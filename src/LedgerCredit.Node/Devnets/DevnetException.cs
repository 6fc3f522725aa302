namespace LedgerCredit.Node.Devnets;

/// <summary>The devnet does not run, or does not do what it should; the message says what to do.</summary>
public sealed class DevnetException(string message) : Exception(message);
