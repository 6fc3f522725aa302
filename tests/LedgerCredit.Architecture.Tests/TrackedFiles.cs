using System.Diagnostics;
using System.Text;
using LedgerCredit.Testing;

namespace LedgerCredit.Architecture.Tests;

/// <summary>The files that git tracks.</summary>
internal static class TrackedFiles
{
    private static readonly string[] TextExtensions =
        [".cs", ".csproj", ".props", ".json", ".md", ".sh", ".mjs", ".js", ".sol", ".sln", ".txt", ".toml", ".yml", ".csv", ".ndjson", ".npmrc", ""];

    /// <summary>All paths, relative to the root; the test is inconclusive outside a git checkout.</summary>
    public static IReadOnlyList<string> All { get; } = List();

    /// <summary>The files that people write.</summary>
    public static IEnumerable<(string Path, string Text)> Texts(Func<string, bool> isWanted) => All
        .Where(path => isWanted(path) && TextExtensions.Contains(Path.GetExtension(path)))
        .Select(path => (path, File.ReadAllText(RepositoryFiles.Path(path))));

    /// <summary>The lines of files that match a pattern, as <c>path:line: text</c>.</summary>
    public static List<string> Find(System.Text.RegularExpressions.Regex pattern, Func<string, bool> isWanted) =>
    [
        .. Texts(isWanted).SelectMany(file => file.Text.Split('\n')
            .Select((line, index) => (line, index))
            .Where(item => pattern.IsMatch(item.line))
            .Select(item => $"{file.Path}:{item.index + 1}: {item.line.Trim()}")),
    ];

    private static IReadOnlyList<string> List()
    {
        if (!Path.Exists(RepositoryFiles.Path(".git")))
        {
            Assert.Inconclusive("Needs a git checkout.");
        }

        ProcessStartInfo start = new("git", ["-C", RepositoryFiles.Root, "ls-files", "-z"])
        {
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using Process git = Process.Start(start)!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.AreEqual(0, git.ExitCode);

        // A file that was deleted but is still in the index is none.
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(path => File.Exists(RepositoryFiles.Path(path)))];
    }
}
