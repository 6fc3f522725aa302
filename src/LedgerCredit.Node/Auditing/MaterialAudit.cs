using LedgerCredit.Node.Materials;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Auditing;

/// <summary>Compares each kept material with its file: all of it where the key of materials is there, else whether it is there in its size.</summary>
/// <param name="workspace">The workspace.</param>
/// <param name="store">Its store, in a transaction.</param>
/// <param name="materialKey">The key of materials, or null.</param>
/// <param name="findings">Gets what diverges.</param>
internal sealed class MaterialAudit(Workspace workspace, Store store, Bytes32? materialKey, AuditFindings findings)
{
    private const int Page = 256;

    private readonly MaterialFolder _folder = new(workspace);
    private readonly MaterialKey? _key = materialKey is Bytes32 key ? new MaterialKey(key) : null;

    /// <summary>Reads all materials.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        long after = 0;
        IReadOnlyList<StoredMaterial> page;
        while (!findings.IsFull && (page = store.Materials.ReadAfter(after, Page)).Count > 0)
        {
            foreach (StoredMaterial material in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                findings.Add(await CheckAsync(material, cancellationToken));
            }

            after = page[^1].Number;
        }
    }

    private async Task<AuditFinding?> CheckAsync(StoredMaterial material, CancellationToken cancellationToken)
    {
        if (_key is null)
        {
            return material.Length > 0 && material.Length <= long.MaxValue / 2 && _folder.Has(material.Id, MaterialFormat.FileLength(material.Length)) || WasDeleted(material)
                ? null
                : Finding(MaterialDamage.Missing, $"The file of the material {material.Id} is missing, or of another size than the store says. Restore it from a backup.");
        }

        try
        {
            using MaterialReader reader = MaterialReader.Open(_folder.PathOf(material.Id), material, _key);
            while (!(await reader.ReadAsync(cancellationToken)).IsEmpty)
            {
                // What is read is of no interest but that it could be.
            }

            return null;
        }
        catch (MaterialIntegrityException e)
        {
            return WasDeleted(material) ? null : Finding(e.Damage, e.Message);
        }
    }

    // Since the snapshot of this audit: files go after their rows.
    private bool WasDeleted(StoredMaterial material)
    {
        using Store present = workspace.OpenStore(StoreAccess.Read);
        return present.Materials.Find(material.Id) is null;
    }

    private static AuditFinding Finding(MaterialDamage damage, string message) =>
        new(damage == MaterialDamage.Missing ? "material-missing" : "material-altered", null, null, message);
}
