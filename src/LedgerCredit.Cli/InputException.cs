namespace LedgerCredit.Cli;

/// <summary>What the user gave is malformed or does not fit; the message says what was expected. Exit code 2.</summary>
internal sealed class InputException(string message) : Exception(message);
