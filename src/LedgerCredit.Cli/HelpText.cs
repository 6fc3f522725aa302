using System.CommandLine;
using System.CommandLine.Help;
using System.Text;

namespace LedgerCredit.Cli;

/// <summary>How the help of commands is laid out.</summary>
internal static class HelpText
{
    // Longer lines are hard to read, on a wide terminal and in a file.
    private const int MaxWidth = 100;

    /// <summary>Makes the descriptions of a command and those below it fit for breaking lines where the terminal ends.</summary>
    public static void Arrange(Command command)
    {
        if (command is RootCommand)
        {
            command.Options.OfType<HelpOption>().Single().Description = "Show this help.";
            command.Options.OfType<VersionOption>().Single().Description = "Show the version.";
        }

        command.Description = JoinLines(command.Description!);
        foreach (Command child in command.Subcommands)
        {
            Arrange(child);
        }
    }

    /// <summary>The width for help on this output.</summary>
    public static int Width() => Console.IsOutputRedirected ? MaxWidth : Math.Min(MaxWidth, Console.WindowWidth);

    // The lines of a paragraph become one; lines that are indented, and those beside them, stay as they are.
    private static string JoinLines(string text)
    {
        string[] lines = text.Split('\n');
        StringBuilder joined = new(lines[0]);
        for (int i = 1; i < lines.Length; i++)
        {
            joined.Append(IsText(lines[i - 1]) && IsText(lines[i]) ? ' ' : '\n').Append(lines[i]);
        }

        return joined.ToString();
    }

    private static bool IsText(string line) => line.Length > 0 && line[0] != ' ';
}
