using System.Text.RegularExpressions;
using System.Xml.Linq;
using LedgerCredit.Testing;

namespace LedgerCredit.Architecture.Tests;

/// <summary>What lies where, and what must not be in any file.</summary>
[TestClass]
public sealed partial class RepositoryTests
{
    private static readonly string[] Folders = ["contracts", "devnet", "docs", "packaging", "scripts", "src", "tests"];

    private static readonly string[] Documents = ["ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "LedgerCredit.sln", "README.md", "SECURITY.md"];

    // Each is looked for at the root by a tool: continuous integration, editors, git, the compiler's analyzers, MSBuild, the SDK.
    private static readonly string[] DemandedByTools =
    [
        ".ci", ".editorconfig", ".gitattributes", ".gitignore", "BannedSymbols.txt", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props",
        "global.json",
    ];

    [TestMethod]
    public void TopLevel_Entries_AreThoseOfTheLayout()
    {
        string[] entries = [.. TrackedFiles.All.Select(path => path.Split('/')[0]).Distinct()];

        string[] unexpected = [.. entries.Except([.. Folders, .. Documents, .. DemandedByTools])];
        string[] missing = [.. Folders.Concat(Documents).Except(entries)];

        Assert.IsEmpty(unexpected, $"Not in the layout: {string.Join(", ", unexpected)}.");
        Assert.IsEmpty(missing, $"Missing: {string.Join(", ", missing)}.");
    }

    [TestMethod]
    public void Files_OfTheRepository_NameNoPlaceOfOneMachine()
    {
        List<string> found = TrackedFiles.Find(MachinePath(), IsNotThisFile);

        Assert.IsEmpty(found, string.Join('\n', found));
    }

    [TestMethod]
    public void Files_OfTheRepository_NameNoPackageServer()
    {
        List<string> found = TrackedFiles.Find(PackageServer(), IsNotThisFile);

        Assert.IsEmpty(found, string.Join('\n', found));
    }

    [TestMethod]
    public void Projects_OfTheSolution_AreAllThatThereAre()
    {
        string solution = File.ReadAllText(RepositoryFiles.Path("LedgerCredit.sln")).Replace('\\', '/');
        string[] projects = [.. TrackedFiles.All.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))];

        Assert.IsNotEmpty(projects);
        string[] missing = [.. projects.Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal))];
        Assert.IsEmpty(missing, $"Not in LedgerCredit.sln: {string.Join(", ", missing)}.");
    }

    [TestMethod]
    public void Projects_OfTheRepository_HaveLockFiles()
    {
        string[] missing =
        [
            .. TrackedFiles.All
                .Where(path => Path.GetFileName(path) == "package.json" || path.EndsWith(".csproj", StringComparison.Ordinal))
                .Select(path => Path.Combine(Path.GetDirectoryName(path)!, path.EndsWith(".json", StringComparison.Ordinal) ? "package-lock.json" : "packages.lock.json"))
                .Where(path => !TrackedFiles.All.Contains(path)),
        ];

        Assert.IsEmpty(missing, string.Join('\n', missing));
    }

    [TestMethod]
    public void PackageVersions_OfNuGet_AreExactAndInOnePlace()
    {
        XDocument central = XDocument.Load(RepositoryFiles.Path("Directory.Packages.props"));
        string[] versions = [.. central.Descendants("PackageVersion").Select(element => element.Attribute("Version")!.Value)];
        Assert.IsNotEmpty(versions);
        foreach (string version in versions)
        {
            Assert.MatchesRegex(ExactVersion(), version);
        }

        foreach (string path in TrackedFiles.All.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal) || path.EndsWith(".props", StringComparison.Ordinal)))
        {
            foreach (XElement reference in XDocument.Load(RepositoryFiles.Path(path)).Descendants("PackageReference"))
            {
                Assert.IsNull(reference.Attribute("Version"), $"{path}: {reference}");
                Assert.IsNull(reference.Attribute("VersionOverride"), $"{path}: {reference}");
            }
        }
    }

    [TestMethod]
    public void PackageVersions_OfNpm_AreExact()
    {
        foreach ((string path, string text) in TrackedFiles.Texts(path => Path.GetFileName(path) == "package.json"))
        {
            using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(text);
            foreach (string section in (string[])["dependencies", "devDependencies", "optionalDependencies"])
            {
                if (!json.RootElement.TryGetProperty(section, out System.Text.Json.JsonElement packages))
                {
                    continue;
                }

                foreach (System.Text.Json.JsonProperty package in packages.EnumerateObject())
                {
                    Assert.MatchesRegex(ExactVersion(), package.Value.GetString()!, $"{path}: {package.Name}");
                }
            }
        }
    }

    private static bool IsNotThisFile(string path) => !path.EndsWith("/RepositoryTests.cs", StringComparison.Ordinal);

    [GeneratedRegex("""(?<![\w./}$-])/(work|tmp|root|home|Users)(?=[/\s"'`),;:]|$)""")]
    private static partial Regex MachinePath();

    [GeneratedRegex("""registry\.npmjs|nuget\.org|npmmirror|artifactory|jfrog|https?://[^\s/"']*(registry|proxy|nuget|npm)[^\s/"']*""", RegexOptions.IgnoreCase)]
    private static partial Regex PackageServer();

    [GeneratedRegex(@"^\d+\.\d+\.\d+(-[\w.]+)?$")]
    private static partial Regex ExactVersion();
}
