namespace LedgerCredit.Architecture.Tests;

/// <summary>Tells the assemblies of .NET itself from those of packages, which may be called <c>System.…</c> too.</summary>
internal static class Framework
{
    private static readonly string Folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>Whether an assembly of this name is part of .NET.</summary>
    public static bool Has(string assemblyName) => File.Exists(Path.Combine(Folder, assemblyName + ".dll"));

    /// <summary>Whether an assembly of this name is part of ASP.NET Core, the framework of services that comes beside .NET.</summary>
    public static bool IsOfServices(string assemblyName)
    {
        string services = Path.Combine(Folder, "..", "..", "Microsoft.AspNetCore.App");
        return Directory.Exists(services)
            && Directory.EnumerateDirectories(services).Any(version => File.Exists(Path.Combine(version, assemblyName + ".dll")));
    }

    /// <summary>Whether a type is part of .NET.</summary>
    public static bool Has(Type type) => Has(type.Assembly.GetName().Name!);
}
