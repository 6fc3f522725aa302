using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Repair.Packages;

/// <summary>A file of a package, as the manifest describes it.</summary>
/// <param name="Kind">Its kind, 1 to 63.</param>
/// <param name="Name">The file's name as the applicant knows it; for people only.</param>
/// <param name="Type">What its content is.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="FileHash">SHA-256 of the file.</param>
/// <param name="Salt">The salt of its digest.</param>
/// <param name="Statements">What the applicant states of it.</param>
public sealed record PackageMaterial(
    int Kind, string Name, ContentType Type, int Length, Bytes32 FileHash, Bytes32 Salt, MaterialStatements Statements)
{
    /// <summary>The digest that is on the ledger.</summary>
    public Bytes32 Digest => MaterialHash.Digest(Salt, FileHash);

    /// <summary>The kind and digest, as they are on the ledger.</summary>
    public LedgerMaterial OnLedger => new(Kind, Digest);

    /// <summary>
    /// Describes a file that passed its checks. Control characters and broken ones of its name become <c>_</c>, and a long name
    /// is cut.
    /// </summary>
    /// <param name="material">The file.</param>
    /// <param name="salt">32 random bytes, used for nothing else.</param>
    /// <exception cref="ArgumentException">The content was refused.</exception>
    public static PackageMaterial Of(Material material, Bytes32 salt)
    {
        ArgumentNullException.ThrowIfNull(material);
        if (material.Content.Failure != ContentFailure.None)
        {
            throw new ArgumentException("A file whose content was refused is not packed.", nameof(material));
        }

        return new PackageMaterial(
            material.Kind,
            Shown(material.Name),
            material.Content.Type,
            material.Content.Bytes.Length,
            material.Content.FileHash,
            salt,
            material.Statements);
    }

    private static string Shown(string name)
    {
        string shown = string.Concat(name.EnumerateRunes().Select(
            rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar ? "_" : rune.ToString()));
        while (shown.Length > PackageManifest.MaxText)
        {
            shown = shown[..^(char.IsLowSurrogate(shown[^1]) ? 2 : 1)];
        }

        return shown.Length == 0 ? "_" : shown;
    }
}
