using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Repair.Packages;

/// <summary>How a file of a package compares with the ledger.</summary>
public enum FileOutcome
{
    /// <summary>Not compared.</summary>
    None = 0,

    /// <summary>The file is the one whose digest is on the ledger, as this kind of material.</summary>
    Matches,

    /// <summary>The file is not the one that the manifest describes: it was exchanged or altered.</summary>
    FileDiffers,

    /// <summary>The file is as the manifest describes it, but the ledger has another digest or kind in this place.</summary>
    LedgerDiffers,

    /// <summary>The ledger has no material in this place.</summary>
    NotOnLedger,

    /// <summary>The ledger has a material in this place that the package lacks.</summary>
    NotInPackage,
}

/// <summary>A line of a check: a place among the materials of the case.</summary>
/// <param name="Index">The place, from 0.</param>
/// <param name="Outcome">How package and ledger compare there.</param>
/// <param name="InPackage">What the package has there, or null.</param>
/// <param name="OnLedger">What the ledger has there, or null.</param>
/// <param name="Content">Whether the file can be read as what it is; <see cref="ContentFailure.None"/> where it can.</param>
public sealed record FileFinding(
    int Index, FileOutcome Outcome, PackageMaterial? InPackage, LedgerMaterial? OnLedger, ContentFailure Content);

/// <summary>The result of comparing a package with the ledger, file by file.</summary>
/// <param name="Manifest">What the package says it holds.</param>
/// <param name="IsSanction">Whether the package is for the sanction of the case.</param>
/// <param name="IsRulePack">Whether it was made for the rule pack of the case.</param>
/// <param name="Files">All places, those of the ledger beyond the package's last one included.</param>
/// <param name="MaterialsHash">What an approval of the materials on the ledger names.</param>
public sealed record PackageReport(
    PackageManifest Manifest, bool IsSanction, bool IsRulePack, IReadOnlyList<FileFinding> Files, Bytes32 MaterialsHash)
{
    /// <summary>Whether the package is exactly what is on the ledger, and every file can be read.</summary>
    public bool IsValid => IsSanction
        && IsRulePack
        && Files.All(file => file.Outcome == FileOutcome.Matches && file.Content == ContentFailure.None);
}

/// <summary>The reviewer's check of a package against the case on the ledger.</summary>
/// <remarks>docs/spec/repair-package.md section 5.</remarks>
public static class PackageCheck
{
    /// <summary>Reads a package to its end and compares each file.</summary>
    /// <param name="package">The package; not closed.</param>
    /// <param name="sanction">The leaf hash of the case's sanction.</param>
    /// <param name="pack">The rule pack of the case.</param>
    /// <param name="onLedger">All materials of the case in their order.</param>
    /// <param name="report">The result, or null.</param>
    /// <param name="problem">Why the file is no package, or null.</param>
    public static bool TryRun(
        Stream package,
        Bytes32 sanction,
        RulePack pack,
        IReadOnlyList<LedgerMaterial> onLedger,
        [NotNullWhen(true)] out PackageReport? report,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(pack);
        ArgumentNullException.ThrowIfNull(onLedger);

        report = null;
        if (!PackageReader.TryOpen(package, out PackageReader? reader, out problem))
        {
            return false;
        }

        List<FileFinding> files = [];
        while (true)
        {
            if (!reader.TryReadNext(out byte[]? content, out problem))
            {
                return false;
            }

            if (content is null)
            {
                break;
            }

            files.Add(Compare(files.Count, reader.Manifest.Materials[files.Count], content, onLedger, pack.Repair));
        }

        for (int i = files.Count; i < onLedger.Count; i++)
        {
            files.Add(new FileFinding(i, FileOutcome.NotInPackage, null, onLedger[i], ContentFailure.None));
        }

        report = new PackageReport(
            reader.Manifest,
            reader.Manifest.Sanction == sanction,
            reader.Manifest.RulePack == pack.Hash,
            files,
            MaterialHash.OfAll(sanction, onLedger));
        return true;
    }

    private static FileFinding Compare(
        int index, PackageMaterial inPackage, byte[] file, IReadOnlyList<LedgerMaterial> ledger, RepairRules rules)
    {
        MaterialContent content = MaterialContent.Of(file, rules);
        LedgerMaterial? onLedger = index < ledger.Count ? ledger[index] : null;
        FileOutcome outcome;
        if (content.FileHash != inPackage.FileHash || file.Length != inPackage.Length || content.Type != inPackage.Type)
        {
            outcome = FileOutcome.FileDiffers;
        }
        else if (onLedger is null)
        {
            outcome = FileOutcome.NotOnLedger;
        }
        else
        {
            outcome = onLedger == inPackage.OnLedger ? FileOutcome.Matches : FileOutcome.LedgerDiffers;
        }

        return new FileFinding(index, outcome, inPackage, onLedger, content.Failure);
    }
}
