using LedgerCredit.Evidence;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Records;

/// <summary>A record in the store.</summary>
/// <param name="Log">Its log.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Position">Where it is.</param>
public sealed record FoundRecord(StoredLog Log, RecordKind Kind, LogPosition Position);

/// <summary>Finds records by what people know of them.</summary>
public static class RecordFinder
{
    /// <summary>Finds all records of an id; none of the access log.</summary>
    /// <param name="store">The store.</param>
    /// <param name="id">The id.</param>
    /// <param name="issuer">Only this issuer's, or null.</param>
    /// <param name="kind">Only this kind, or null.</param>
    public static IReadOnlyList<FoundRecord> Find(Store store, string id, string? issuer, RecordKind? kind)
    {
        ArgumentNullException.ThrowIfNull(store);
        List<FoundRecord> found = [];
        foreach (StoredLog log in store.Logs.ReadAll().Where(log => issuer is null || log.Issuer == issuer))
        {
            foreach (RecordKind candidate in RecordKinds.Stated.Where(k => kind is null || k == kind))
            {
                if (store.Index.Find(log.Number, candidate, id) is LogPosition position)
                {
                    found.Add(new FoundRecord(log, candidate, position));
                }
            }
        }

        return found;
    }
}
