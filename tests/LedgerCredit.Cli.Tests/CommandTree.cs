using System.CommandLine;

namespace LedgerCredit.Cli.Tests;

/// <summary>The tool's commands.</summary>
internal static class CommandTree
{
    /// <summary>Every command with its path of nouns and verbs, parents first.</summary>
    public static IReadOnlyList<(string Path, Command Command)> All { get; } = [.. Walk(Cli.CommandLine.CreateRoot(() => Stream.Null), "")];

    /// <summary>The commands that do something.</summary>
    public static IReadOnlyList<(string Path, Command Command)> Leaves { get; } = [.. All.Where(item => item.Command.Subcommands.Count == 0 || item.Command.Action is not null)];

    /// <summary>The command that a command line names: the longest path that it begins with.</summary>
    public static string NameOf(string commandLine) =>
        All.Select(item => item.Path).Where(path => $"{commandLine} ".StartsWith($"{path} ", StringComparison.Ordinal)).MaxBy(path => path.Length)!;

    private static IEnumerable<(string Path, Command Command)> Walk(Command command, string path) =>
        command.Subcommands
            .SelectMany(child => Walk(child, $"{path} {child.Name}".Trim()))
            .Prepend((path, command));
}
