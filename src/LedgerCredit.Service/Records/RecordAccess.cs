using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Records;
using LedgerCredit.Primitives;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Records;

/// <summary>Reads records for a caller: what is not there and what the caller may not see are the same to it. For one request.</summary>
/// <param name="node">The node.</param>
/// <param name="store">A store with a snapshot.</param>
/// <param name="caller">Who reads.</param>
/// <param name="purpose">What for.</param>
internal sealed class RecordAccess(NodeContext node, Store store, Caller caller, string purpose)
{
    private readonly RecordReader _records = new(node.Workspace, store);
    private readonly RecordFactsReader _facts = new(node.Workspace, store, node.Packs, node.SubjectKey, node.TimeProvider);

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

        // With all of its subject: one of those says whether another record replaces it.
        SubjectId subject = _records.Read(log, position).Record.Subject;
        return ReadSubject(subject).FirstOrDefault(record => record.Log.Number == log.Number && record.Position == position);
    }

    /// <summary>The sanction of an authority with a leaf hash, or null where the caller sees none.</summary>
    /// <remarks>The leaf binds the authority, so that no other log can hold the sanction.</remarks>
    internal ReadableRecord? FindSanction(Bytes32 authority, Bytes32 leafHash) =>
        store.Logs.ReadAll().FirstOrDefault(candidate => ConsortiumContract.OrganisationId(candidate.Issuer) == authority) is StoredLog log
        && store.Tiles.FindLeaf(log.Number, leafHash) is ulong leafIndex
            ? Find(log, new LogPosition(log.Number, leafIndex))
            : null;

    /// <summary>The records about a subject that the caller sees, by time of issue.</summary>
    internal IReadOnlyList<ReadableRecord> ReadSubject(SubjectId subject)
    {
        StoredAccessGrant? grant = caller.Organisation is string consumer
            ? AccessGrants.Find(store, consumer, subject, purpose, node.TimeProvider.GetUtcNow())
            : null;
        List<ReadableRecord> visible = [];
        foreach (SubjectRecord record in SubjectHistory.Read(node.Workspace, store, subject))
        {
            RecordFacts facts = _facts.Read(record.Record, record.LeafHash, record.SupersededBy is not null, caller);
            AccessDecision decision = AccessRules.Decide(caller, facts, purpose, grant);
            if (decision.IsVisible)
            {
                SanctionState? state = record.Record.Kind == RecordKind.Sanction ? facts.State : null;
                visible.Add(new ReadableRecord(record, state, decision));
            }
        }

        return visible;
    }

    /// <summary>Keeps in the access log that records were read; to be waited for before the answer leaves.</summary>
    internal Task LogAsync(IReadOnlyList<ReadableRecord> records, AccessAction action, CancellationToken cancellationToken) =>
        node.AccessLog.RecordAsync(
            node.Writer,
            [.. records.Select(record => new AccessEvent(caller, purpose, action, record.Record.Subject, record.LeafHash, record.Decision.Basis))],
            cancellationToken);
}
