using System.Reflection;
using LedgerCredit.Testing;

namespace LedgerCredit.Architecture.Tests;

/// <summary>Holds the table of projects in ARCHITECTURE.md against the project files and the built assemblies.</summary>
[TestClass]
public sealed class DependencyTests
{
    private const string TableHead = "| project | holds | may reference |";
    private const string Nothing = "–";

    private static readonly Dictionary<string, string[]> PackageOwners = new(StringComparer.Ordinal)
    {
        ["BouncyCastle.Cryptography"] = ["Primitives"],
        ["Microsoft.AspNetCore.OpenApi"] = ["Service"],
        ["Microsoft.IdentityModel.JsonWebTokens"] = ["Service"],
        ["OpenTelemetry"] = ["Service"],
        ["OpenTelemetry.Exporter.OpenTelemetryProtocol"] = ["Service"],
        ["Microsoft.Data.Sqlite"] = ["Storage", "Bench"],
        ["CsvHelper"] = ["Node"],
        ["System.CommandLine"] = ["Cli"],
        ["Spectre.Console"] = ["Cli"],
    };

    private static readonly Dictionary<string, string[]> Allowed = ReadTable();

    [TestMethod]
    public void Table_Projects_AreThoseOfSrc()
    {
        Assert.AreEqual(
            string.Join(", ", SourceProject.All.Select(project => project.Name)),
            string.Join(", ", Allowed.Keys.Order(StringComparer.Ordinal)));
    }

    [TestMethod]
    public void Table_References_AreProjects()
    {
        foreach ((string project, string[] references) in Allowed)
        {
            foreach (string reference in references)
            {
                Assert.IsTrue(Allowed.ContainsKey(reference), $"ARCHITECTURE.md lets {project} reference '{reference}', which is no project.");
            }
        }
    }

    [TestMethod]
    public void ProjectReferences_DirectAndTransitive_AreInTheTable()
    {
        foreach (SourceProject project in SourceProject.All)
        {
            foreach (string reference in project.AllReferences())
            {
                Assert.Contains(reference, Allowed[project.Name], $"{project.Name} reaches {reference}, which its row in ARCHITECTURE.md does not allow.");
            }
        }
    }

    [TestMethod]
    public void ProjectReferences_OfEveryProject_HaveNoCycle()
    {
        foreach (SourceProject project in SourceProject.All)
        {
            Assert.DoesNotContain(project.Name, project.AllReferences(), $"{project.Name} references itself through others.");
        }
    }

    [TestMethod]
    public void Assemblies_ProjectsTheyUse_AreReferencedDirectly()
    {
        foreach (SourceProject project in SourceProject.All)
        {
            foreach (AssemblyName used in project.Assembly.GetReferencedAssemblies())
            {
                if (SourceProject.FindByAssembly(used.Name!) is SourceProject other)
                {
                    Assert.Contains(other.Name, project.References, $"{project.Name} uses types of {other.Name} without a ProjectReference of its own.");
                }
            }
        }
    }

    [TestMethod]
    public void Packages_OfEveryProject_AreInTheOneProjectThatOwnsThem()
    {
        foreach (SourceProject project in SourceProject.All)
        {
            foreach (string package in project.Packages)
            {
                Assert.IsTrue(PackageOwners.TryGetValue(package, out string[]? owners), $"{project.Name} references the package {package}, which no decision allows.");
                Assert.Contains(project.Name, owners, $"{package} belongs in {string.Join(", ", owners)} only.");
            }
        }

        string[] used = [.. SourceProject.All.SelectMany(project => project.Packages).Distinct().Order(StringComparer.Ordinal)];
        Assert.AreEqual(string.Join(", ", PackageOwners.Keys.Order(StringComparer.Ordinal)), string.Join(", ", used));
    }

    [TestMethod]
    public void Assemblies_AssembliesOfOthersTheyUse_BelongToTheirOwnPackages()
    {
        // A package also reaches the projects above its owner; the compiler would let them use it.
        Dictionary<string, string[]> owners = new(StringComparer.Ordinal)
        {
            ["BouncyCastle.Cryptography"] = ["Primitives"],
            ["Microsoft.AspNetCore.OpenApi"] = ["Service"],
            ["Microsoft.OpenApi"] = ["Service"],
            ["Microsoft.IdentityModel.JsonWebTokens"] = ["Service"],
            ["Microsoft.IdentityModel.Tokens"] = ["Service"],
            ["OpenTelemetry"] = ["Service"],
            ["OpenTelemetry.Api"] = ["Service"],
            ["OpenTelemetry.Exporter.OpenTelemetryProtocol"] = ["Service"],
            ["Microsoft.Data.Sqlite"] = ["Storage", "Bench"],
            ["SQLitePCLRaw.core"] = ["Storage"],
            ["CsvHelper"] = ["Node"],
            ["System.CommandLine"] = ["Cli"],
            ["Spectre.Console"] = ["Cli"],
        };
        foreach (SourceProject project in SourceProject.All)
        {
            foreach (string used in project.Assembly.GetReferencedAssemblies().Select(name => name.Name!))
            {
                if (SourceProject.FindByAssembly(used) is null && !Framework.Has(used))
                {
                    if (Framework.IsOfServices(used))
                    {
                        // HTTP has one place.
                        Assert.AreEqual("Service", project.Name, $"{project.Name} uses {used}.");
                        continue;
                    }

                    Assert.Contains(project.Name, owners.GetValueOrDefault(used, []), $"{project.Name} uses {used}.");
                }
            }
        }
    }

    [TestMethod]
    public void InternalsVisibleTo_OfEveryProject_NamesItsTestsOnly()
    {
        foreach (SourceProject project in SourceProject.All)
        {
            foreach (string friend in project.Friends)
            {
                Assert.EndsWith(".Tests", friend, project.Name);
                Assert.IsTrue(Directory.Exists(RepositoryFiles.Path("tests", friend)), $"{project.Name} opens its internals to {friend}, which does not exist.");
            }
        }
    }

    private static Dictionary<string, string[]> ReadTable()
    {
        string[] lines = File.ReadAllLines(RepositoryFiles.Path("ARCHITECTURE.md"));
        int head = Array.IndexOf(lines, TableHead);
        Assert.IsGreaterThanOrEqualTo(0, head, $"ARCHITECTURE.md has no table '{TableHead}'.");
        return lines
            .Skip(head + 2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(
                cells => cells[1].Trim('`'),
                cells => cells[^2] == Nothing ? [] : cells[^2].Split(',', StringSplitOptions.TrimEntries),
                StringComparer.Ordinal);
    }
}
