using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.LedgerIndex;

/// <summary>Compares an index with what the contracts themselves say, and with another index.</summary>
internal static class IndexChecks
{
    /// <summary>Every row of the index, as text. The earlier positions are ways back and no part of it.</summary>
    internal static string Dump(Store store)
    {
        using StringWriter text = new();
        text.WriteLine(store.LedgerPositions.FindLatest());
        foreach (StoredLedgerEvent e in store.LedgerEvents.ReadAfter(null))
        {
            text.WriteLine($"{e.BlockNumber} {e.LogIndex} {e.BlockHash} {e.BlockTime} {e.TransactionHash} {Hex.Encode(e.Contract)} {Hex.Encode(e.Topics)} {Hex.Encode(e.Data)} {e.CaseId}");
        }

        foreach (StoredRepairCase row in store.RepairCases.Read(CaseFilter.All))
        {
            text.WriteLine(row);
        }

        return text.ToString();
    }

    /// <summary>Catches up and compares everything with the contracts' views and a naive reading of all events.</summary>
    internal static async Task CheckAsync(RepairScene scene, Store store, CancellationToken cancellationToken)
    {
        IndexPosition reached = await scene.IndexerOf(store).CatchUpAsync(cancellationToken);
        LedgerBlock head = await scene.Client.FetchLatestBlockAsync(cancellationToken);
        Assert.AreEqual(new IndexPosition(head.Header.Number, head.Hash, head.Header.Timestamp), reached);
        LedgerIndexReader reader = new(store);
        Assert.AreEqual(reached, reader.Position);

        IReadOnlyList<RepairDeskEvent> events = await scene.Desk.FetchEventsAsync(0, head.Header.Number, cancellationToken);
        Assert.AreSequenceEqual(
            events.Select(e => $"{e.GetType().Name} {e.Position}"), reader.ReadEventsAfter(null).Select(timed => $"{timed.Event.GetType().Name} {timed.Event.Position}"));

        ulong pausedAt = await scene.Desk.FetchPausedAtAsync(cancellationToken);
        Assert.AreEqual(pausedAt, reader.PausedAt);
        ulong stands = pausedAt == 0 ? 0 : head.Header.Timestamp - pausedAt;
        ulong count = await scene.Desk.FetchCaseCountAsync(cancellationToken);
        Assert.IsNull(reader.FindCase(count + 1));
        Assert.IsEmpty(reader.ReadHistory(count + 1));
        for (ulong caseId = 1; caseId <= count; caseId++)
        {
            await CheckCaseAsync(scene, reader, caseId, stands, cancellationToken);
        }

        foreach (Bytes32 leaf in scene.Leaves)
        {
            Assert.AreEqual(await scene.Desk.FetchStatusAsync(leaf, cancellationToken), reader.StatusOf(leaf));
            Assert.AreSequenceEqual(
                events.OfType<CaseOpenedEvent>().Where(opened => opened.LeafHash == leaf).Select(opened => opened.CaseId), reader.FindCases(leaf));
        }

        Assert.AreEqual(await scene.Desk.FetchBarredUntilAsync(RepairScene.SubjectTag, cancellationToken), reader.BarredUntil(RepairScene.SubjectTag));
        CheckLists(store, reader, count, head.Header.Timestamp);
    }

    private static async Task CheckCaseAsync(RepairScene scene, LedgerIndexReader reader, ulong caseId, ulong stands, CancellationToken cancellationToken)
    {
        RepairCase view = await scene.Desk.FetchCaseAsync(caseId, cancellationToken);
        IndexedCase indexed = reader.FindCase(caseId)!;
        RepairCase expected = new(
            indexed.LeafHash,
            indexed.Terms.SubjectTag,
            indexed.Terms.Authority,
            indexed.Terms.RulePack,
            (RepairCaseState)indexed.Stage,
            indexed.IsEscalated,
            (byte)indexed.SupplementRequests,
            indexed.IsConfirmed,
            (ushort)indexed.Approvals.Count,
            (ushort)indexed.OpenObjections.Count(),
            indexed.MaterialKinds,
            indexed.MaterialsHash,
            indexed.Terms.EarliestRepairAt,
            indexed.Terms.AttachedTermUntil,
            Moved(indexed.DueAt),
            Moved(indexed.ObjectionsUntil));
        Assert.AreEqual(expected, view);
        Assert.AreSequenceEqual(await scene.Desk.FetchApprovalsAsync(caseId, cancellationToken), indexed.Approvals.Select(approval => approval.OrgId));
        foreach ((string name, ConsortiumRole[] _) in RepairScene.Parties)
        {
            RepairPart part = await scene.Desk.FetchPartAsync(caseId, RepairScene.OrgOf(name), cancellationToken);
            IndexedObjection? objection = indexed.Objections.SingleOrDefault(o => o.Objector == RepairScene.OrgOf(name));
            Assert.AreEqual(part.Objection, objection?.State ?? ObjectionState.None);
            Assert.AreEqual(part.IsEscalated, objection?.IsEscalated ?? false);
            Assert.AreEqual(part.DueAt, Moved(objection?.DueAt ?? 0));
        }

        RevocationProposal revocation = await scene.Desk.FetchRevocationAsync(caseId, cancellationToken);
        Assert.AreEqual(new RevocationProposal(indexed.Revocation?.ProposedBy ?? default, indexed.Revocation?.Findings ?? default), revocation);
        Assert.AreEqual(indexed.IsUnderWay, indexed.EndedAt == 0);
        CheckSnapshot(indexed, await scene.Desk.FetchConditionsAsync(caseId, cancellationToken));

        ulong Moved(ulong dueAt) => dueAt == 0 ? 0 : dueAt + stands;
    }

    private static void CheckSnapshot(IndexedCase indexed, RepairConditions conditions)
    {
        CaseSnapshot snapshot = indexed.ToSnapshot(conditions, 7, 8, 9);
        Assert.AreEqual(conditions.AllHold, snapshot.Conditions.All(holds => holds));
        Assert.AreEqual(conditions.IsUnopposed, snapshot.Conditions[5]);
        Assert.AreEqual(conditions.IsNotPaused, snapshot.Conditions[10]);
        Assert.AreEqual((7UL, 8UL, 9UL), (snapshot.AsOf, snapshot.BarredUntil, snapshot.PausedAt));
        Assert.AreEqual(indexed.IsUnderWay, snapshot.IsUnderWay);
    }

    private static StoredRepairCase RowOf(IndexedCase c) => new(
        c.CaseId,
        c.LeafHash,
        c.Terms.SubjectTag,
        c.Terms.Authority,
        (byte)c.Stage,
        c.DueAt,
        c.IsUnderWay && c.OpenObjections.Any() ? c.OpenObjections.Min(objection => objection.DueAt) : 0);

    private static void CheckLists(Store store, LedgerIndexReader reader, ulong count, ulong now)
    {
        List<IndexedCase> all = [.. Enumerable.Range(1, (int)count).Select(caseId => reader.FindCase((ulong)caseId)!)];
        Check(CaseFilter.All, _ => true);
        Check(new CaseFilter { IsUnderWay = true }, c => c.IsUnderWay);
        Check(
            new CaseFilter { OverdueAt = now },
            c => c.IsUnderWay && (now >= c.DueAt || c.OpenObjections.Any(objection => now >= objection.DueAt)));
        Assert.AreSequenceEqual(all.Select(RowOf), store.RepairCases.Read(CaseFilter.All));

        void Check(CaseFilter filter, Func<IndexedCase, bool> matches) =>
            Assert.AreSequenceEqual(all.Where(matches).Select(c => c.CaseId), reader.ReadCases(filter).Select(c => c.CaseId));
    }
}
