using System.Text.RegularExpressions;
using LedgerCredit.Testing;

namespace LedgerCredit.Architecture.Tests;

/// <summary>Rules of the sources that no compiler holds.</summary>
[TestClass]
public sealed partial class SourceTests
{
    private const int MaxLines = 450;

    [TestMethod]
    public void BouncyCastle_InSources_IsUsedInOneFolder()
    {
        List<string> found = TrackedFiles.Find(
            BouncyCastle(),
            path => IsSource(path) && !path.StartsWith("src/LedgerCredit.Primitives/Cryptography/", StringComparison.Ordinal));

        Assert.IsEmpty(found, string.Join('\n', found));
    }

    [TestMethod]
    public void Files_WrittenByHand_AreShort()
    {
        // Not Solidity: an interface holds all of its contract's documentation, and a contract is not cut by lines.
        string[] extensions = [".cs", ".sh", ".mjs"];
        List<string> found =
        [
            .. TrackedFiles.Texts(path => extensions.Contains(Path.GetExtension(path)))
                .Select(file => (file.Path, Lines: file.Text.Count(c => c == '\n')))
                .Where(file => file.Lines > MaxLines)
                .Select(file => $"{file.Path} has {file.Lines} lines; expected at most {MaxLines}."),
        ];

        Assert.IsEmpty(found, string.Join('\n', found));
    }

    [TestMethod]
    public void Sources_OfTheProduct_HaveNoUnfinishedParts()
    {
        List<string> found = TrackedFiles.Find(Unfinished(), path => IsSource(path) || IsCode(path));

        Assert.IsEmpty(found, string.Join('\n', found));
    }

    [TestMethod]
    public void Tests_OfEveryProject_NeitherSleepNorRetryNorIgnore()
    {
        // The analyzer that bans these in src is not applied to test projects.
        List<string> found = TrackedFiles.Find(
            BannedInTests(),
            path => path.StartsWith("tests/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal) && !IsThisFile(path));

        Assert.IsEmpty(found, string.Join('\n', found));
    }

    [TestMethod]
    public void Namespaces_OfEverySource_AreTheirFolders()
    {
        List<string> found = [];
        foreach ((string path, string text) in TrackedFiles.Texts(path => IsSource(path)))
        {
            string expected = string.Join('.', path.Split('/')[1..^1]);
            Match declared = Namespace().Match(text);
            if (declared.Success && declared.Groups[1].Value != expected)
            {
                found.Add($"{path} declares the namespace {declared.Groups[1].Value}; expected {expected}.");
            }
        }

        Assert.IsEmpty(found, string.Join('\n', found));
    }

    [TestMethod]
    public void Compiler_InSrc_DemandsDocumentationOfEveryPublicMember()
    {
        string properties = File.ReadAllText(RepositoryFiles.Path("Directory.Build.props"));
        Assert.Contains("<GenerateDocumentationFile>true</GenerateDocumentationFile>", properties);
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", properties);
        Assert.DoesNotContain("NoWarn", properties);

        List<string> found = TrackedFiles.Find(SwitchedOff(), path => path.StartsWith("src/", StringComparison.Ordinal));
        Assert.IsEmpty(found, string.Join('\n', found));

        string outsideTests = File.ReadAllText(RepositoryFiles.Path(".editorconfig")).Split("[tests/")[0];
        Assert.DoesNotContain("CS1591", outsideTests);
    }

    [TestMethod]
    public void Suppressions_InSources_SayWhy()
    {
        List<string> found = TrackedFiles.Find(UnexplainedPragma(), IsSource);

        Assert.IsEmpty(found, string.Join('\n', found));
    }

    private static bool IsSource(string path) => path.StartsWith("src/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal);

    private static bool IsCode(string path) => !IsThisFile(path) && Path.GetExtension(path) is ".cs" or ".sol" or ".sh" or ".mjs" or ".md";

    private static bool IsThisFile(string path) => path.EndsWith("/SourceTests.cs", StringComparison.Ordinal);

    [GeneratedRegex(@"Org\.BouncyCastle")]
    private static partial Regex BouncyCastle();

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"Thread\.Sleep|\[Retry|\[Ignore|\.Wait\(\)|DateTime(Offset)?\.(Utc)?Now")]
    private static partial Regex BannedInTests();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"CS1591|NoWarn")]
    private static partial Regex SwitchedOff();

    [GeneratedRegex(@"#pragma warning disable [A-Z0-9, ]+$")]
    private static partial Regex UnexplainedPragma();
}
