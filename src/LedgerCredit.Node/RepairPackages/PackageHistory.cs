using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Node.RepairPackages;

/// <summary>Which files and vouchers the cases of a workspace have used, by the manifests of their packages.</summary>
/// <remarks>
/// docs/spec/repair-package.md section 4. Cases of the same sanction do not count, so that an application can be made again with
/// the same documents; cases of other sanctions do, however they ended; packages that never became a case do not.
/// </remarks>
public sealed class PackageHistory : IMaterialHistory
{
    private readonly Dictionary<Bytes32, string> _files = [];
    private readonly Dictionary<string, string> _vouchers = new(StringComparer.Ordinal);

    private PackageHistory()
    {
    }

    /// <summary>Reads the manifests of all cases but those of a sanction.</summary>
    /// <param name="folder">The workspace's packages.</param>
    /// <param name="sanction">The sanction for which an application is made.</param>
    public static PackageHistory Read(PackageFolder folder, Bytes32 sanction)
    {
        ArgumentNullException.ThrowIfNull(folder);
        PackageHistory history = new();
        foreach (KeptPackage kept in folder.ReadCases().Where(kept => kept.Manifest.Sanction != sanction))
        {
            foreach (PackageMaterial material in kept.Manifest.Materials)
            {
                string where = string.Create(CultureInfo.InvariantCulture, $"{kept.CaseId} ({RuleMaterial.CodeOf(material.Kind)} {material.Name})");
                history._files.TryAdd(material.FileHash, where);
                if (material.Kind == MaterialChecks.PaymentKind && material.Statements.Reference is string voucher)
                {
                    history._vouchers.TryAdd(voucher, where);
                }
            }
        }

        return history;
    }

    /// <inheritdoc/>
    public string? FindFile(Bytes32 fileHash) => _files.GetValueOrDefault(fileHash);

    /// <inheritdoc/>
    public string? FindVoucher(string reference) => _vouchers.GetValueOrDefault(reference);
}
