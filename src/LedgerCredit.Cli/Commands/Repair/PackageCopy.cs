using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>The copy of a package that <c>--package FILE</c> asks for. No file is lost by it.</summary>
internal static class PackageCopy
{
    /// <summary>Refuses a name that could not be written, before anything is sent.</summary>
    /// <param name="path">The name, or null where no copy is wanted.</param>
    /// <exception cref="InputException">It is a folder, or in none.</exception>
    public static void RequireFolder(string? path)
    {
        if (path is not null && (Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))))
        {
            throw new InputException($"The package cannot be written to '{path}': expected the name of a file in a folder that exists.");
        }
    }

    /// <summary>Refuses a name of which the file would be lost, before anything is sent.</summary>
    /// <param name="path">The name, or null where no copy is wanted.</param>
    /// <param name="sanction">The sanction of the case.</param>
    /// <param name="materials">The materials that the new package is known to begin with; empty for a new case.</param>
    /// <exception cref="InputException">There is another file than an older package of the case.</exception>
    public static void RequireFree(string? path, Bytes32 sanction, IReadOnlyList<PackageMaterial> materials)
    {
        if (path is not null && !IsFree(path, sanction, materials))
        {
            throw new InputException(Refusal(path));
        }
    }

    /// <summary>Writes the copy.</summary>
    /// <param name="output">Where it is said why it could not be written: its materials are on the ledger by now, so that this is no failure of the step.</param>
    /// <param name="package">The package of the case.</param>
    /// <param name="path">Where the copy goes.</param>
    /// <returns>Whether it was written.</returns>
    public static bool TryWrite(CommandOutput output, KeptPackage package, string path)
    {
        try
        {
            // Again: waiting for the ledger took a while.
            if (!IsFree(path, package.Manifest.Sanction, package.Manifest.Materials))
            {
                output.Note($"{Refusal(path)} The package is kept in '{package.Path}'.");
                return false;
            }

            DurableFile.Replace(path, stream =>
            {
                using FileStream kept = File.OpenRead(package.Path);
                kept.CopyTo(stream);
            });
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            output.Note($"The package could not be copied to '{path}': {e.Message} It is kept in '{package.Path}'.");
            return false;
        }
    }

    private static string Refusal(string path) =>
        $"'{path}' is there already and is no older package of this case, so that it is not overwritten. Name another file with --package.";

    // A package of the same case whose materials the new one begins with: all that it holds is in the new one too.
    private static bool IsFree(string path, Bytes32 sanction, IReadOnlyList<PackageMaterial> materials)
    {
        if (!Path.Exists(path))
        {
            return true;
        }

        using FileStream file = InputFile.Open(path);
        if (!PackageReader.TryOpen(file, out PackageReader? reader, out _)
            || reader.Manifest.Sanction != sanction
            || reader.Manifest.Materials.Count > materials.Count
            || !reader.Manifest.Materials.Select(material => material.OnLedger)
                .SequenceEqual(materials.Take(reader.Manifest.Materials.Count).Select(material => material.OnLedger)))
        {
            return false;
        }

        // To its end: what a damaged package holds besides is not known.
        byte[]? content;
        do
        {
            if (!reader.TryReadNext(out content, out _))
            {
                return false;
            }
        }
        while (content is not null);
        return true;
    }
}
