using System.Globalization;
using LedgerCredit.Ethereum;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Node.RepairPackages;

/// <summary>A package of repair materials in a workspace, known by its manifest.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Manifest">What it holds.</param>
/// <param name="CaseId">The case whose materials it holds; null while that is not known to be on the ledger.</param>
/// <param name="Sender">The account that was to submit a pending package; null for one of a case.</param>
public sealed record KeptPackage(string Path, PackageManifest Manifest, ulong? CaseId, Address? Sender)
{
    /// <summary>What the names of packages end with.</summary>
    internal const string Suffix = ".repair.zip";

    private const string CasePrefix = "case-";
    private const string PendingPrefix = "pending-";

    /// <summary>The name of the package of a case.</summary>
    internal static string NameOf(ulong caseId) => string.Create(CultureInfo.InvariantCulture, $"{CasePrefix}{caseId}{Suffix}");

    /// <summary>The name of a package before its materials are known to be on the ledger.</summary>
    internal static string NameOf(Address sender, Bytes32 materialsHash) =>
        $"{PendingPrefix}{sender.ToLowerHex()[2..]}-{Hex.Encode(materialsHash.AsSpan())[2..]}{Suffix}";

    /// <summary>Reads what <see cref="NameOf(ulong)"/> writes.</summary>
    internal static bool TryParseCase(string name, out ulong caseId)
    {
        caseId = 0;
        return name.StartsWith(CasePrefix, StringComparison.Ordinal)
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && ulong.TryParse(name[CasePrefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out caseId)
            && name == NameOf(caseId);
    }

    /// <summary>Reads what <see cref="NameOf(Address, Bytes32)"/> writes.</summary>
    internal static bool TryParsePending(string name, out Address sender)
    {
        sender = default;
        int length = PendingPrefix.Length + (2 * Address.Length);
        return name.StartsWith(PendingPrefix, StringComparison.Ordinal)
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && name.Length > length
            && Address.TryParse("0x" + name[PendingPrefix.Length..length], out sender);
    }
}
