namespace LedgerCredit.Cli;

/// <summary>The exit codes of every command; scripts rely on them.</summary>
internal static class ExitCode
{
    /// <summary>Done, or valid.</summary>
    public const int Done = 0;

    /// <summary>A verification failed.</summary>
    public const int VerificationFailed = 1;

    /// <summary>Wrong usage, malformed input, or what the rules, the ledger or a node do not let the caller do.</summary>
    public const int BadInput = 2;

    /// <summary>It could not be decided, or a remote system or a disk gave trouble.</summary>
    public const int Undecided = 3;

    /// <summary>The configuration does not allow it.</summary>
    public const int Configuration = 4;

    /// <summary>A bug of this program.</summary>
    public const int Bug = 70;
}
