using System.Text.RegularExpressions;
using LedgerCredit.Testing;

namespace LedgerCredit.Faults.Tests.Matrix;

/// <summary>Every cell of the fault matrix in <c>docs/faults.md</c> names tests that there are.</summary>
[TestClass]
public sealed partial class FaultMatrixTests
{
    private const int Columns = 4;
    private const int FewestEffects = 14;

    [TestMethod]
    public void Matrix_EachCell_NamesTestsThatExist()
    {
        Dictionary<string, string> sources = Directory.EnumerateFiles(RepositoryFiles.Path("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .GroupBy(Path.GetFileNameWithoutExtension)
            .ToDictionary(group => group.Key!, group => string.Concat(group.Select(File.ReadAllText)), StringComparer.Ordinal);
        string[][] rows = [.. ReadMatrix()];
        Assert.IsGreaterThanOrEqualTo(FewestEffects, rows.Length);
        foreach (string[] row in rows)
        {
            Assert.HasCount(Columns, row, row[0]);
            foreach (string cell in row.Skip(1))
            {
                (string Class, string Method)[] tests = [.. Name().Matches(cell).Select(match => (match.Groups["class"].Value, match.Groups["method"].Value))];
                Assert.IsNotEmpty(tests, $"{row[0]}: '{cell}' names no test.");
                foreach ((string name, string method) in tests)
                {
                    Assert.IsTrue(sources.TryGetValue(name, out string? source) && source.Contains($" {method}(", StringComparison.Ordinal), $"{row[0]}: there is no test {name}.{method}.");
                }
            }
        }
    }

    // The rows of the table under the heading, without its two head lines.
    private static IEnumerable<string[]> ReadMatrix() => File.ReadLines(RepositoryFiles.Path("docs", "faults.md"))
        .SkipWhile(line => line != "## The matrix")
        .Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith('|'))
        .Skip(2)
        .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    [GeneratedRegex("`(?<class>[A-Za-z]+Tests)\\.(?<method>[A-Za-z_]+)`")]
    private static partial Regex Name();
}
