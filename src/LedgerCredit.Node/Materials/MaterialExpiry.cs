using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Materials;

/// <summary>Finds materials whose time is over.</summary>
/// <param name="workspace">The workspace.</param>
/// <param name="retention">How long they are kept.</param>
/// <param name="now">The moment that counts.</param>
internal sealed class MaterialExpiry(Workspace workspace, MaterialRetention retention, DateTimeOffset now)
{
    private const int Page = 256;

    // An index that is older knows too little: a case that is under way might look as if it had never been.
    private static readonly TimeSpan OldestIndex = TimeSpan.FromDays(1);

    /// <summary>The ids of those whose time is over, by a snapshot of this moment.</summary>
    internal IReadOnlyList<string> Find(CancellationToken cancellationToken)
    {
        using Store store = workspace.OpenStore(StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();
        List<string> over = [];
        long after = 0;
        IReadOnlyList<StoredMaterial> page;
        while ((page = store.Materials.ReadAfter(after, Page)).Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            over.AddRange(page.Where(material => IsOver(store, material)).Select(material => material.Id));
            after = page[^1].Number;
        }

        return over;
    }

    /// <summary>Whether the time of one is over.</summary>
    internal bool IsOver(Store store, StoredMaterial material)
    {
        LedgerIndexReader index = new(store);
        if (index.Position is not IndexPosition position || MomentOf(position.BlockTime) < now - OldestIndex)
        {
            return false;
        }

        IReadOnlyList<IndexedCase> cases = new MaterialCases(index).Of(material);
        return cases.Count == 0 ? MomentOf(material.UploadedAt) + retention.OutsideCases <= now
            : cases.All(indexed => !indexed.IsUnderWay && MomentOf(indexed.EndedAt) + retention.AfterCases <= now);
    }

    private static DateTimeOffset MomentOf(ulong seconds) => DateTimeOffset.FromUnixTimeSeconds(checked((long)seconds));
}
