using System.Reflection;
using System.Xml.Linq;
using LedgerCredit.Testing;

namespace LedgerCredit.Architecture.Tests;

/// <summary>A project file of <c>src</c>, as it stands on disk, with the assembly that was built from it.</summary>
internal sealed class SourceProject
{
    private const string Prefix = "LedgerCredit.";

    private readonly XDocument _file;

    private SourceProject(string path)
    {
        Folder = Path.GetDirectoryName(path)!;
        FullName = Path.GetFileNameWithoutExtension(path);
        _file = XDocument.Load(path);
    }

    /// <summary>Every project of <c>src</c>, by name.</summary>
    public static IReadOnlyList<SourceProject> All { get; } =
    [
        .. Directory.EnumerateFiles(RepositoryFiles.Path("src"), "*.csproj", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceProject(path)),
    ];

    public string Folder { get; }

    /// <summary>With the product's prefix.</summary>
    public string FullName { get; }

    /// <summary>As ARCHITECTURE.md calls it: without the product's prefix.</summary>
    public string Name => FullName[Prefix.Length..];

    /// <summary>The projects it references, by their names in ARCHITECTURE.md.</summary>
    public IReadOnlyList<string> References =>
        [.. Includes("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)[Prefix.Length..])];

    /// <summary>The packages it references.</summary>
    public IReadOnlyList<string> Packages => [.. Includes("PackageReference")];

    /// <summary>The assemblies that see its internals.</summary>
    public IReadOnlyList<string> Friends => [.. Includes("InternalsVisibleTo")];

    /// <summary>The assembly.</summary>
    public Assembly Assembly => Assembly.Load(AssemblyName);

    private string AssemblyName => _file.Descendants("AssemblyName").SingleOrDefault()?.Value ?? FullName;

    /// <summary>The project whose assembly has this name, or null for an assembly of others.</summary>
    public static SourceProject? FindByAssembly(string assemblyName) => All.FirstOrDefault(project => project.AssemblyName == assemblyName);

    /// <summary>What it references, directly or through others.</summary>
    public IReadOnlySet<string> AllReferences()
    {
        HashSet<string> found = [];
        Queue<string> waiting = new(References);
        while (waiting.TryDequeue(out string? name))
        {
            if (found.Add(name))
            {
                foreach (string next in All.Single(project => project.Name == name).References)
                {
                    waiting.Enqueue(next);
                }
            }
        }

        return found;
    }

    private IEnumerable<string> Includes(string item) => _file.Descendants(item).Select(element => element.Attribute("Include")!.Value);
}
