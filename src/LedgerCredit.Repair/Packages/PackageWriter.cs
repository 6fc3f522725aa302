using LedgerCredit.Primitives;

namespace LedgerCredit.Repair.Packages;

/// <summary>Writes a repair package: the manifest and the files that it describes.</summary>
/// <remarks>docs/spec/repair-package.md section 1. The bytes follow from manifest and files alone.</remarks>
public static class PackageWriter
{
    /// <summary>The name of the manifest inside the package.</summary>
    public const string ManifestName = "manifest.json";

    /// <summary>Writes a package.</summary>
    /// <param name="output">Takes the package; not closed.</param>
    /// <param name="manifest">What it holds.</param>
    /// <param name="contentOf">The content of a material by its place, from 0; asked for once each, in order.</param>
    /// <exception cref="ArgumentException">A content is not the one that the manifest describes.</exception>
    public static void Write(Stream output, PackageManifest manifest, Func<int, ReadOnlyMemory<byte>> contentOf)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(contentOf);

        ZipFrame frame = new();
        WriteFile(output, frame, ManifestName, manifest.ToBytes());
        for (int i = 0; i < manifest.Materials.Count; i++)
        {
            ReadOnlyMemory<byte> content = contentOf(i);
            if (content.Length != manifest.Materials[i].Length || Sha256.Hash(content.Span) != manifest.Materials[i].FileHash)
            {
                throw new ArgumentException($"The content of material {i + 1} is not the one that the manifest describes.", nameof(contentOf));
            }

            WriteFile(output, frame, manifest.FileName(i), content.Span);
        }

        output.Write(frame.End());
    }

    private static void WriteFile(Stream output, ZipFrame frame, string name, ReadOnlySpan<byte> content)
    {
        output.Write(frame.Begin(name, content));
        output.Write(content);
    }
}
