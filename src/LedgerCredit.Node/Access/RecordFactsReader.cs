using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Access;

/// <summary>Reads from the store what <see cref="AccessRules"/> must know of a record.</summary>
/// <remarks>
/// Asks as of the store's present state: several questions that must fit together are asked in one <see cref="Store.BeginRead"/>. Not
/// thread-safe, as its store is not.
/// </remarks>
/// <param name="workspace">The workspace.</param>
/// <param name="store">Its store.</param>
/// <param name="packs">The rule packs, from which the end of publication follows where a record does not state it.</param>
/// <param name="subjectKey">The network subject key.</param>
/// <param name="timeProvider">The clock.</param>
public sealed class RecordFactsReader(Workspace workspace, Store store, IRulePackSource packs, Bytes32 subjectKey, TimeProvider timeProvider)
{
    private readonly LedgerIndexReader _index = new(store);
    private readonly CallerResolver _resolver = new(store, workspace);
    private readonly RecordReader _records = new(workspace, store);

    /// <summary>The pseudonym on the ledger of a subject.</summary>
    public Bytes32 TagOf(SubjectId subject) => SanctionTerms.TagOf(subjectKey, subject);

    /// <summary>What counts for a record and a caller.</summary>
    /// <param name="record">The record.</param>
    /// <param name="leafHash">The leaf hash of its entry.</param>
    /// <param name="isSuperseded">Whether a later record replaces it (<see cref="SubjectRecord.SupersededBy"/>).</param>
    /// <param name="caller">Who asks.</param>
    public RecordFacts Read(CreditRecord record, Bytes32 leafHash, bool isSuperseded, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(caller);
        RecordFacts facts = new()
        {
            Kind = record.Kind,
            Issuer = record.Issuer,
            Subject = record.Subject,
            IsAboutNaturalPerson = record.IsAboutNaturalPerson,
            IsCallerSubject = _resolver.Represents(caller, TagOf(record.Subject)),
            IsSuperseded = isSuperseded,
            State = SanctionState.None,
            AsOf = (ulong)timeProvider.GetUtcNow().ToUnixTimeSeconds(),
        };
        return record.Kind switch
        {
            RecordKind.Sanction => WithSanction(facts, record, leafHash),
            RecordKind.Repair => WithSanctionOf(facts, record),
            RecordKind.Rating or RecordKind.Access => facts,
            _ => throw new System.Diagnostics.UnreachableException($"There is no record kind {record.Kind}."),
        };
    }

    private RecordFacts WithSanctionOf(RecordFacts facts, CreditRecord repair)
    {
        if (!repair.Claims.TryFindString("sanction", out string? text) || !Bytes32.TryParseHex(text, out Bytes32 leafHash))
        {
            throw new System.Diagnostics.UnreachableException("A valid repair record names a sanction.");
        }

        // In whatever log of this store the sanction is. Where it is in none, nobody but the parties sees its repair.
        foreach (StoredLog log in store.Logs.ReadAll())
        {
            if (store.Tiles.FindLeaf(log.Number, leafHash) is ulong leafIndex
                && store.Entries.Find(new LogPosition(log.Number, leafIndex)) is { IsErased: false }
                && _records.Read(log, new LogPosition(log.Number, leafIndex)) is { Record: { Kind: RecordKind.Sanction } sanction })
            {
                return WithSanction(facts, sanction, leafHash) with
                {
                    SanctionIssuer = sanction.Issuer,
                    IsAboutNaturalPerson = facts.IsAboutNaturalPerson || sanction.IsAboutNaturalPerson,
                };
            }
        }

        return facts with { State = StateOf(leafHash) };
    }

    private RecordFacts WithSanction(RecordFacts facts, CreditRecord sanction, Bytes32 leafHash)
    {
        // The salt of the terms is the secret's; their times are not.
        bool hasTerms = SanctionTerms.TryCreate(sanction, packs, subjectKey, Bytes32.Zero, out SanctionTerms? terms, out _);
        return facts with { Grade = hasTerms ? terms!.Grade : null, PublicUntil = hasTerms ? terms!.PublicUntil : 0, State = StateOf(leafHash) };
    }

    // Without contracts nothing can have been repaired; with contracts that were never asked, anything can.
    private SanctionState? StateOf(Bytes32 leafHash) =>
        _index.Position is not null ? _index.StatusOf(leafHash).State
        : workspace.Config.Ledger.Contracts is null ? SanctionState.None
        : null;
}
