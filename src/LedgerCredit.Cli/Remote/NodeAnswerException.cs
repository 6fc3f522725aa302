namespace LedgerCredit.Cli.Remote;

/// <summary>What a node gave is not what was asked for, or does not fit what is known here; nothing was signed or kept. Exit code 1.</summary>
internal sealed class NodeAnswerException(string message) : Exception(message);
