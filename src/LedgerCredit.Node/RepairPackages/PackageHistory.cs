using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Node.RepairPackages;

/// <summary>Which files and vouchers the cases of a workspace have used, by the manifests of their packages.</summary>
/// <remarks>
/// docs/spec/repair-package.md section 4. Cases of the same sanction do not count, so that an application can be made again with
/// the same documents, except those whose repair was revoked for false material; cases of other sanctions do, however they
/// ended; packages that never became a case do not.
/// </remarks>
public sealed class PackageHistory : IMaterialHistory
{
    private readonly Dictionary<Bytes32, MaterialUse> _files = [];
    private readonly Dictionary<string, MaterialUse> _vouchers = new(StringComparer.Ordinal);

    private PackageHistory()
    {
    }

    /// <summary>Reads the manifests of all cases that count.</summary>
    /// <param name="folder">The workspace's packages.</param>
    /// <param name="cases">The cases of the sanction, of which some may have been revoked.</param>
    /// <param name="sanction">The sanction for which an application is made.</param>
    public static PackageHistory Read(PackageFolder folder, IRepairCases cases, Bytes32 sanction)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(cases);
        HashSet<ulong> revoked = [.. cases.ReadOf(sanction).Where(found => found.Stage == CaseStage.Revoked).Select(found => found.CaseId)];
        PackageHistory history = new();
        foreach (KeptPackage kept in folder.ReadCases())
        {
            bool isOwn = kept.Manifest.Sanction == sanction;
            if (!isOwn || revoked.Contains(kept.CaseId!.Value))
            {
                history.Add(kept, isOwn);
            }
        }

        return history;
    }

    /// <inheritdoc/>
    public MaterialUse? FindFile(Bytes32 fileHash) => _files.GetValueOrDefault(fileHash);

    /// <inheritdoc/>
    public MaterialUse? FindVoucher(string reference) => _vouchers.GetValueOrDefault(reference);

    private void Add(KeptPackage kept, bool isRevoked)
    {
        foreach (PackageMaterial material in kept.Manifest.Materials)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{kept.CaseId} ({RuleMaterial.CodeOf(material.Kind)} {material.Name})");
            MaterialUse use = new(place, isRevoked);
            _files.TryAdd(material.FileHash, use);
            if (material.Kind == MaterialChecks.PaymentKind && material.Statements.Reference is string voucher)
            {
                _vouchers.TryAdd(voucher, use);
            }
        }
    }
}
