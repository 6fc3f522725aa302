using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Records;
using LedgerCredit.Primitives;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Records;

/// <summary>Some of a subject's records.</summary>
/// <param name="Records">Those that the caller sees.</param>
/// <param name="Next">Behind which place the next page begins; null where there is none.</param>
internal sealed record VisibleRecords(IReadOnlyList<ReadableRecord> Records, LogPosition? Next);

/// <summary>Reads records for a caller: what is not there and what the caller may not see are the same to it. For one request.</summary>
/// <param name="node">The node.</param>
/// <param name="store">A store with a snapshot.</param>
/// <param name="caller">Who reads.</param>
/// <param name="purpose">What for.</param>
internal sealed class RecordAccess(NodeContext node, Store store, Caller caller, string purpose)
{
    // What a page looks at, at most: the rest is the next page's.
    private const int MostLookedAt = 500;

    private readonly SubjectHistory _history = new(node.Workspace, store);
    private readonly RecordFactsReader _facts = new(node.Workspace, store, node.Packs, node.SubjectKey, node.TimeProvider);
    private readonly Dictionary<SubjectId, StoredAccessGrant?> _grants = [];

    /// <summary>The record at an index of an issuer's log, or null where the caller sees none there.</summary>
    internal ReadableRecord? Find(string issuer, string index) =>
        store.Logs.Find(issuer) is StoredLog log
        && ulong.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out ulong leafIndex)
        && leafIndex < store.Entries.Count(log.Number)
            ? Find(log, new LogPosition(log.Number, leafIndex))
            : null;

    /// <summary>The record at a position, or null where the caller sees none there.</summary>
    internal ReadableRecord? Find(StoredLog log, LogPosition position)
    {
        // Records of reads are the access log's to show.
        if (log.Issuer == AccessLog.Member || store.Entries.Find(position) is not { IsErased: false })
        {
            return null;
        }

        return Decide(_history.Read(log, position));
    }

    /// <summary>The sanction of an authority with a leaf hash, or null where the caller sees none.</summary>
    /// <remarks>The leaf binds the authority, so that no other log can hold the sanction.</remarks>
    internal ReadableRecord? FindSanction(Bytes32 authority, Bytes32 leafHash) =>
        store.Logs.ReadAll().FirstOrDefault(candidate => ConsortiumContract.OrganisationId(candidate.Issuer) == authority) is StoredLog log
        && store.Tiles.FindLeaf(log.Number, leafHash) is ulong leafIndex
            ? Find(log, new LogPosition(log.Number, leafIndex))
            : null;

    /// <summary>A page of the records about a subject that the caller sees, in the order of their logs.</summary>
    /// <remarks>
    /// There is a next page where there is one more record to be shown. Where very many are looked at that are not, there is one as well, so that no
    /// request reads without bound.
    /// </remarks>
    /// <param name="subject">The subject.</param>
    /// <param name="kind">Only records of this kind; null for all.</param>
    /// <param name="after">Only those behind this place; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    internal VisibleRecords ReadSubject(SubjectId subject, RecordKind? kind, LogPosition? after, int limit)
    {
        List<ReadableRecord> visible = [];
        LogPosition? last = after;
        int looked = 0;
        while (looked < MostLookedAt)
        {
            int asked = Math.Min(limit + 1, MostLookedAt - looked);
            IReadOnlyList<LogPosition> positions = _history.FindPositions(subject, last, asked);
            foreach (LogPosition position in positions)
            {
                last = position;
                if (Decide(_history.Read(subject, position)) is not ReadableRecord record || (kind is not null && record.Record.Kind != kind))
                {
                    continue;
                }

                if (visible.Count == limit)
                {
                    return new VisibleRecords(visible, visible[^1].Position);
                }

                visible.Add(record);
            }

            if (positions.Count < asked)
            {
                return new VisibleRecords(visible, null);
            }

            looked += asked;
        }

        return new VisibleRecords(visible, last);
    }

    /// <summary>Keeps in the access log that records were read; to be waited for before the answer leaves.</summary>
    internal Task LogAsync(IReadOnlyList<ReadableRecord> records, AccessAction action, CancellationToken cancellationToken) =>
        node.AccessLog.RecordAsync(
            node.Writer,
            [.. records.Select(record => new AccessEvent(caller, purpose, action, record.Record.Subject, record.LeafHash, record.Decision.Basis))],
            cancellationToken);

    private ReadableRecord? Decide(SubjectRecord record)
    {
        RecordFacts facts = _facts.Read(record.Record, record.LeafHash, record.SupersededBy is not null, caller);
        AccessDecision decision = AccessRules.Decide(caller, facts, purpose, FindGrant(record.Record.Subject));
        SanctionState? state = record.Record.Kind == RecordKind.Sanction ? facts.State : null;
        return decision.IsVisible ? new ReadableRecord(record, state, decision) : null;
    }

    private StoredAccessGrant? FindGrant(SubjectId subject)
    {
        if (caller.Organisation is not string consumer)
        {
            return null;
        }

        if (!_grants.TryGetValue(subject, out StoredAccessGrant? grant))
        {
            grant = AccessGrants.Find(store, consumer, subject, purpose, node.TimeProvider.GetUtcNow());
            _grants.Add(subject, grant);
        }

        return grant;
    }
}
