namespace LedgerCredit.Cli;

/// <summary>Words of commands that people copy into a shell.</summary>
internal static class ShellText
{
    /// <summary>The word as a POSIX shell takes it: as it is where that is safe, else in single quotes.</summary>
    public static string Quote(string word)
    {
        bool isPlain = word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,@%+".Contains(c, StringComparison.Ordinal));
        return isPlain ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
