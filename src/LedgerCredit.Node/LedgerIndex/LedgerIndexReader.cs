using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.LedgerIndex;

/// <summary>Answers questions about repair cases from the store, as of <see cref="Position"/>; the ledger is not asked.</summary>
/// <remarks>
/// Each answer is read anew. Where several must fit together, ask them inside <see cref="Store.BeginRead"/>. Throws
/// <see cref="LogIntegrityException"/> where rows were altered.
/// </remarks>
public sealed class LedgerIndexReader(Store store) : IRepairCases
{
    private const int ShortHexLength = 10;

    /// <summary>The block up to which the ledger was read, or null where it never was.</summary>
    public IndexPosition? Position => store.LedgerPositions.FindLatest();

    /// <summary>Since when the desk is paused, in Unix seconds; 0 where it is not.</summary>
    public ulong PausedAt => ReadPauses() is [.., { Event: PausedEvent } pause] ? pause.Time : 0;

    /// <summary>A case, or null where the index has none of this number.</summary>
    public IndexedCase? FindCase(ulong caseId) =>
        store.LedgerEvents.ReadCase(caseId) is { Count: > 0 } events ? Fold(caseId, events, ReadPauses()) : null;

    /// <summary>All cases of a sanction, the oldest first.</summary>
    public IReadOnlyList<ulong> FindCases(Bytes32 leafHash) =>
        [.. store.RepairCases.Read(new CaseFilter { LeafHash = leafHash }).Select(stored => stored.CaseId)];

    /// <inheritdoc/>
    public IReadOnlyList<IRepairCase> ReadOf(Bytes32 sanction) => [.. FindCases(sanction).Select(FindCase).OfType<IndexedCase>()];

    /// <summary>The cases that a filter matches, the oldest first. Lazy.</summary>
    public IEnumerable<IndexedCase> ReadCases(CaseFilter filter)
    {
        IReadOnlyList<StoredRepairCase> rows = store.RepairCases.Read(filter);
        IReadOnlyList<TimedEvent> pauses = ReadPauses();
        return rows.Select(row => Fold(row.CaseId, store.LedgerEvents.ReadCase(row.CaseId), pauses));
    }

    /// <summary>
    /// The history of a case: its events, the annulment and the shields of its sanction, the changes of status that came with
    /// these, and the pauses while it was under way. Empty where there is no such case.
    /// </summary>
    public IReadOnlyList<IndexedEvent> ReadHistory(ulong caseId)
    {
        IReadOnlyList<StoredLedgerEvent> stored = store.LedgerEvents.ReadCase(caseId);
        if (stored.Count == 0)
        {
            return [];
        }

        List<TimedEvent> events = [.. StoredEvents.OfRepairDesk(stored)];
        IReadOnlyList<TimedEvent> pauses = ReadPauses();
        IndexedCase folded = Fold(caseId, stored, pauses);
        events.AddRange(new[] { EventTopics.SanctionAnnulled, EventTopics.SanctionShielded, EventTopics.SanctionUnshielded }
            .SelectMany(topic => ReadDesk(topic, folded.LeafHash))
            .Where(timed => RepairDeskEventFacts.FindCaseId(timed.Event) is null));
        HashSet<Bytes32> transactions = [.. events.Select(timed => timed.Event.Position.TransactionHash)];
        events.AddRange(ReadDesk(EventTopics.StatusChanged, folded.LeafHash)
            .Where(timed => transactions.Contains(timed.Event.Position.TransactionHash)));
        events.AddRange(pauses.Where(pause =>
            pause.Time >= folded.OpenedAt && (folded.IsUnderWay || pause.Time < folded.EndedAt)));
        return
        [
            .. events
                .OrderBy(timed => timed.Event.Position.BlockNumber)
                .ThenBy(timed => timed.Event.Position.LogIndex)
                .Select(timed => new IndexedEvent(timed.Event, timed.Time, OrganisationOf(timed.Event))),
        ];
    }

    /// <summary>The events of the repair desk after a block, in order; all of them where there is none. Lazy.</summary>
    public IEnumerable<TimedEvent> ReadEventsAfter(ulong? blockNumber) =>
        StoredEvents.OfRepairDesk(store.LedgerEvents.ReadAfter(blockNumber));

    /// <summary>The events of the repair desk after a block, block by block, in the order of the ledger; streaming.</summary>
    /// <param name="blockNumber">The block to go on after; null to begin with the first one.</param>
    internal IEnumerable<IReadOnlyList<TimedEvent>> ReadBlocksAfter(ulong? blockNumber)
    {
        List<TimedEvent> block = [];
        foreach (TimedEvent timed in ReadEventsAfter(blockNumber))
        {
            if (block.Count > 0 && block[0].Event.Position.BlockNumber != timed.Event.Position.BlockNumber)
            {
                yield return block;
                block = [];
            }

            block.Add(timed);
        }

        if (block.Count > 0)
        {
            yield return block;
        }
    }

    /// <summary>The status of a sanction; all zero where nothing ever happened.</summary>
    public SanctionStatus StatusOf(Bytes32 leafHash) =>
        ReadDesk(EventTopics.StatusChanged, leafHash) is [.., { Event: StatusChangedEvent changed } last]
            ? new SanctionStatus(changed.State, last.Time, changed.ReturnTo)
            : new SanctionStatus(SanctionState.None, 0, SanctionState.None);

    /// <summary>Until when a subject is barred for false material, in Unix seconds; 0 where it never was.</summary>
    public ulong BarredUntil(Bytes32 subjectTag) =>
        store.RepairCases.Read(new CaseFilter { SubjectTag = subjectTag })
            .Where(row => row.Stage == (byte)CaseStage.Revoked)
            .SelectMany(row => StoredEvents.OfRepairDesk(store.LedgerEvents.ReadCase(row.CaseId)))
            .Select(timed => timed.Event is SubjectBarredEvent barred ? barred.BarredUntil : 0)
            .DefaultIfEmpty()
            .Max();

    /// <summary>What people call an organisation: its slug, else the beginning of its id.</summary>
    public string NameOf(Bytes32 organisationId) => FindSlug(organisationId) ?? $"{organisationId.ToString()[..ShortHexLength]}…";

    /// <summary>The slug of an organisation, or null where the consortium has none of this id.</summary>
    public string? FindSlug(Bytes32 organisationId) =>
        StoredEvents.LastOfConsortium<OrganisationRegisteredEvent>(
            store.LedgerEvents.ReadTopics(EventTopics.OrganisationRegistered, organisationId))?.Slug;

    /// <summary>The organisation of an account; zero where it has none.</summary>
    public Bytes32 OrganisationOf(Address account)
    {
        byte[] topic = new byte[Bytes32.Length];
        account.ToArray().CopyTo(topic, Bytes32.Length - Address.Length);
        return StoredEvents.LastOfConsortium<AccountRegisteredEvent>(
            store.LedgerEvents.ReadTopics(EventTopics.AccountRegistered, Bytes32.FromBytes(topic)))?.OrgId ?? Bytes32.Zero;
    }

    /// <summary>Whether an organisation is suspended, so that its accounts are without roles.</summary>
    public bool IsSuspended(Bytes32 organisationId)
    {
        EventPosition? suspended = StoredEvents.LastOfConsortium<OrganisationSuspendedEvent>(
            store.LedgerEvents.ReadTopics(EventTopics.OrganisationSuspended, organisationId))?.Position;
        EventPosition? resumed = StoredEvents.LastOfConsortium<OrganisationResumedEvent>(
            store.LedgerEvents.ReadTopics(EventTopics.OrganisationResumed, organisationId))?.Position;
        return suspended is not null
            && (resumed is null || (suspended.BlockNumber, suspended.LogIndex).CompareTo((resumed.BlockNumber, resumed.LogIndex)) > 0);
    }

    /// <summary>Whether any account of an organisation may act for a subject, so that it has an interest in the subject's cases.</summary>
    public bool Represents(Bytes32 organisationId, Bytes32 subjectTag)
    {
        int appointed = StoredEvents.OfConsortium<RepresentativeAppointedEvent>(
            store.LedgerEvents.ReadTopics(EventTopics.RepresentativeAppointed, subjectTag)).Count(e => e.OrgId == organisationId);
        int dismissed = StoredEvents.OfConsortium<RepresentativeDismissedEvent>(
            store.LedgerEvents.ReadTopics(EventTopics.RepresentativeDismissed, subjectTag)).Count(e => e.OrgId == organisationId);
        return appointed > dismissed;
    }

    private static IndexedCase Fold(ulong caseId, IReadOnlyList<StoredLedgerEvent> stored, IReadOnlyList<TimedEvent> pauses) =>
        CaseFold.TryFold(InOrder(StoredEvents.OfRepairDesk(stored), pauses), out IndexedCase? folded, out string? problem)
            ? folded
            : throw new LogIntegrityException(
                $"The stored events of repair case {caseId} do not fit together: they were altered. {problem} 'ledgercredit log audit' says what else was.");

    /// <summary>Events of a case with the pauses between them.</summary>
    internal static IEnumerable<TimedEvent> InOrder(IEnumerable<TimedEvent> events, IReadOnlyList<TimedEvent> pauses) =>
        pauses.Count == 0
            ? events
            : events.Concat(pauses)
                .OrderBy(timed => timed.Event.Position.BlockNumber)
                .ThenBy(timed => timed.Event.Position.LogIndex);

    private Bytes32 OrganisationOf(RepairDeskEvent desk) =>
        RepairDeskEventFacts.FindAccount(desk) is Address account ? OrganisationOf(account) : Bytes32.Zero;

    private IReadOnlyList<TimedEvent> ReadPauses() =>
        [.. InOrder(ReadDesk(EventTopics.Paused), ReadDesk(EventTopics.Resumed))];

    private IReadOnlyList<TimedEvent> ReadDesk(params ReadOnlySpan<Bytes32> topics) =>
        [.. StoredEvents.OfRepairDesk(store.LedgerEvents.ReadTopics(topics))];
}
