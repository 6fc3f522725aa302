using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Materials;
using LedgerCredit.Node.Records;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Service.Access;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Repair;

/// <summary>A material that a caller may read.</summary>
/// <param name="Material">The material.</param>
/// <param name="Basis">Why.</param>
/// <param name="Cases">The cases that it is in, as far as they are the caller's.</param>
internal sealed record ReadableMaterial(StoredMaterial Material, string Basis, IReadOnlyList<IndexedCase> Cases)
{
    /// <summary>The material as it is answered.</summary>
    internal MaterialView ToView() => new(
        Material.Id,
        Material.Sanction.ToString(),
        RuleMaterial.CodeOf(Material.Kind),
        Material.MediaType,
        Material.Length,
        Material.FileHash.ToString(),
        Material.Salt.ToString(),
        MaterialCases.OnLedger(Material).Digest.ToString(),
        UtcTimes.OfUnix(Material.UploadedAt),
        Material.UploadedBy,
        [.. Cases.Select(indexed => checked((long)indexed.CaseId))]);
}

/// <summary>Which materials a caller may read, upload and delete (docs/spec/access.md section 10). For one request.</summary>
/// <remarks>A material that is not there and one that the caller may not read are the same to it.</remarks>
/// <param name="node">The node.</param>
/// <param name="store">A store with a snapshot or a transaction.</param>
/// <param name="caller">Who asks.</param>
internal sealed class MaterialAccess(NodeContext node, Store store, Caller caller)
{
    private readonly CallerResolver _resolver = new(store, node.Workspace);
    private readonly LedgerIndexReader _index = new(store);
    private readonly MaterialCases _cases = new(new LedgerIndexReader(store));
    private readonly Dictionary<ulong, bool> _reviewed = [];

    /// <summary>The material of an id, or null where the caller may read none.</summary>
    internal ReadableMaterial? Find(string id) => store.Materials.Find(id) is StoredMaterial material ? Read(material) : null;

    /// <summary>The materials of a sanction that the caller may read, the oldest first.</summary>
    internal IReadOnlyList<ReadableMaterial> ReadSanction(Bytes32 sanction) =>
        [.. store.Materials.ReadBySanction(sanction).Select(Read).OfType<ReadableMaterial>()];

    /// <summary>Whether the caller may delete a material.</summary>
    internal bool MayDelete(StoredMaterial material) => MaterialRules.MayDelete(caller, FactsOf(material));

    /// <summary>What the caller would upload for a sanction; null where the node does not hold the sanction, or the caller does not act for its subject.</summary>
    internal MaterialUpload? FindUpload(Bytes32 sanction, int kind, ContentType type, Bytes32? salt)
    {
        foreach (StoredLog log in store.Logs.ReadAll())
        {
            if (store.Tiles.FindLeaf(log.Number, sanction) is not ulong leafIndex
                || store.Entries.Find(new LogPosition(log.Number, leafIndex)) is not { IsErased: false })
            {
                continue;
            }

            CreditRecord record = new RecordReader(node.Workspace, store).Read(log, new LogPosition(log.Number, leafIndex)).Record;
            return record.Kind == RecordKind.Sanction && _resolver.Represents(caller, TagOf(record.Subject))
                ? new MaterialUpload(sanction, record.Subject, caller.OrganisationId, caller.Name, kind, type, salt)
                : null;
        }

        return null;
    }

    /// <summary>Keeps in the access log that materials were read; to be waited for before the answer leaves.</summary>
    internal Task LogAsync(IReadOnlyList<ReadableMaterial> materials, string purpose, CancellationToken cancellationToken) =>
        node.AccessLog.RecordAsync(
            node.Writer,
            [.. materials.Select(read => new AccessEvent(caller, purpose, AccessAction.Material, SubjectOf(read.Material), read.Material.Sanction, read.Basis))],
            cancellationToken);

    private ReadableMaterial? Read(StoredMaterial material)
    {
        MaterialFacts facts = FactsOf(material);
        if (MaterialRules.FindBasis(caller, facts) is not string basis)
        {
            return null;
        }

        // Only to who may read it: what was altered is not to tell others that it is there.
        node.Materials.RequireGenuine(material);
        return new ReadableMaterial(material, basis, MaterialRules.CasesOf(caller, facts));
    }

    private MaterialFacts FactsOf(StoredMaterial material)
    {
        Bytes32 tag = TagOf(SubjectOf(material));
        IReadOnlyList<IndexedCase> cases = _cases.Of(material);
        return new MaterialFacts(_resolver.Represents(caller, tag), _resolver.HasInterest(caller, tag), cases)
        {
            Reviewed = caller.Has(ConsortiumRole.Arbiter) ? cases.Select(indexed => indexed.CaseId).Where(Reviewed).ToHashSet() : [],
        };
    }

    // An approval that was voided is in the history alone.
    private bool Reviewed(ulong caseId)
    {
        if (!_reviewed.TryGetValue(caseId, out bool isReviewed))
        {
            isReviewed = _index.ReadHistory(caseId).Any(line => line.Event is CaseApprovedEvent approved && approved.OrgId == caller.OrganisationId);
            _reviewed.Add(caseId, isReviewed);
        }

        return isReviewed;
    }

    private Bytes32 TagOf(SubjectId subject) => SanctionTerms.TagOf(node.SubjectKey, subject);

    private static SubjectId SubjectOf(StoredMaterial material) =>
        SubjectId.TryParse(material.Subject, out SubjectId? subject, out _)
            ? subject
            : throw new MaterialIntegrityException(MaterialDamage.Altered, material.Id, $"The material {material.Id} names a subject that is none: the store was altered.");
}
