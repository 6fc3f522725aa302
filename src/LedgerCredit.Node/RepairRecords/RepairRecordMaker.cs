using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Packs;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.RepairRecords;

/// <summary>Makes the repair record of a step for one log.</summary>
/// <remarks>docs/spec/repair-records.md. Remembers the cases and sanctions that it has looked up: use one for each run.</remarks>
internal sealed class RepairRecordMaker(Workspace workspace, Store store, RulePackCatalog packs)
{
    // The sanction was accepted by the rules of its time; whom it is about was decided then.
    private static readonly RecordRules Rules = new() { AllowNaturalPersons = true };

    private readonly LedgerIndexReader _index = new(store);
    private readonly StatementStore _statements = new(workspace);
    private readonly Dictionary<ulong, IndexedCase?> _cases = [];
    private readonly Dictionary<Bytes32, Sanction> _sanctions = [];
    private readonly ContractAddresses _contracts = workspace.Config.Ledger.Contracts
        ?? throw new WorkspaceException("This workspace knows no contracts yet. Deploy them with 'ledgercredit contracts deploy'.");

    /// <summary>How the ids of all records of this ledger's desk begin.</summary>
    public string IdPrefix => string.Create(
        CultureInfo.InvariantCulture, $"repair/{workspace.Config.Ledger.ChainId}/{_contracts.RepairDesk.ToLowerHex()}/");

    /// <summary>The id of the record: the same whoever makes it and whenever.</summary>
    public string IdOf(RepairStep step)
    {
        string id = string.Create(
            CultureInfo.InvariantCulture, $"{IdPrefix}{step.CaseId}/{step.Event.Position.TransactionHash}/{step.Name}");
        return step.Ordinal == 1 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}/{step.Ordinal}");
    }

    /// <summary>The organisation that took the step; zero where its account belongs to none.</summary>
    public Bytes32 OrganisationOf(RepairStep step) => _index.OrganisationOf(step.Account);

    /// <summary>Whether the step belongs into the log of an organisation.</summary>
    public bool IsFor(RepairStep step, Bytes32 organisation) =>
        OrganisationOf(step) == organisation || (step.IsOutcome && AuthorityOf(step) == organisation);

    /// <summary>The authority of the sanction that the step concerns.</summary>
    public Bytes32 AuthorityOf(RepairStep step) => SanctionOf(step).Authority;

    /// <summary>Whether a record with the id of a step tells of it: all that does not depend on what its writer knew is compared.</summary>
    public bool IsToldBy(RepairStep step, CreditRecord record)
    {
        // The index itself is what lacks something then.
        if (PlaceOf(step) is null)
        {
            return true;
        }

        // A writer that did not hold the sanction names no subject, and where it is not held here nothing is known of it.
        Sanction sanction = SanctionOf(step);
        string unknown = UnknownSubject(sanction.LeafHash);
        string subject = record.Subject.ToString();
        return (subject == sanction.Subject || subject == unknown || sanction.Subject == unknown)
            && IsText("sanction", sanction.LeafHash.ToString())
            && IsText("event", step.Name)
            && IsText("account", step.Account.ToLowerHex())
            && IsText("transaction", step.Event.Position.TransactionHash.ToString())
            && record.Claims.Find("caseId") is JsonNumber number
            && number.TryGetSafeInteger(out ulong caseId)
            && caseId == step.CaseId;

        bool IsText(string name, string expected) => record.Claims.TryFindString(name, out string? text) && text == expected;
    }

    /// <summary>The record.</summary>
    /// <param name="step">The step.</param>
    /// <param name="issuer">The log's member.</param>
    public CreditRecord Make(RepairStep step, string issuer)
    {
        Sanction sanction = SanctionOf(step);
        Bytes32 organisation = OrganisationOf(step);

        // A text is its author's: the authority's copy of another's step has the digest alone.
        bool isOwn = organisation == ConsortiumContract.OrganisationId(issuer);
        RepairClaims claims = new(NameOf, digest => isOwn ? _statements.Find(digest) : null);
        string id = IdOf(step);
        JsonObject json = new(
            new JsonMember("kind", new JsonString(RecordKind.Repair.ToName())),
            new JsonMember("id", new JsonString(id)),
            new JsonMember("issuer", new JsonString(issuer)),
            new JsonMember("subject", new JsonString(sanction.Subject)),
            new JsonMember("issuedAt", new JsonString(RepairClaims.TimeText(step.Time))),
            new JsonMember("claims", new JsonObject(
            [
                RepairClaims.Hash("sanction", sanction.LeafHash),
                new("event", new JsonString(step.Name)),
                new("occurredOn", new JsonString(DayOf(sanction.RulePack, step.Time))),
                new("chainId", Number(workspace.Config.Ledger.ChainId)),
                RepairClaims.Account("repairDesk", _contracts.RepairDesk),
                new("caseId", Number(step.CaseId)),
                RepairClaims.Account("account", step.Account),
                new("organisation", organisation == Bytes32.Zero ? new JsonNull() : new JsonString(NameOf(organisation))),
                new("block", Number(step.Event.Position.BlockNumber)),
                RepairClaims.Hash("blockHash", step.Event.Position.BlockHash),
                RepairClaims.Hash("transaction", step.Event.Position.TransactionHash),
                .. claims.Of(step),
            ])));
        return CreditRecord.TryCreate(json, Rules, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems)
            ? record
            : throw new System.Diagnostics.UnreachableException($"The record {id} is not valid: {string.Join(' ', problems)}");
    }

    private static string UnknownSubject(Bytes32 leafHash) => $"x-sanction:{leafHash}";

    private static JsonNumber Number(ulong value) => new(checked((long)value));

    // The civil day in the zone of the rule pack; UTC where the pack is not known here.
    private static string DayOf(RulePack? pack, ulong time)
    {
        DateOnly day = pack is null
            ? DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds((long)time).UtcDateTime)
            : PackDays.DayOf(pack, time);
        return day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private string NameOf(Bytes32 organisationId) => _index.FindSlug(organisationId) ?? organisationId.ToString();

    private Sanction SanctionOf(RepairStep step)
    {
        (Bytes32 leafHash, Bytes32 authority, IndexedCase? found) = PlaceOf(step)
            ?? throw new LogIntegrityException($"The index has an event of case {step.CaseId} without the case. Run 'ledgercredit log audit'.");
        if (!_sanctions.TryGetValue(leafHash, out Sanction? sanction))
        {
            sanction = Find(leafHash, authority, found);
            _sanctions.Add(leafHash, sanction);
        }

        return sanction;
    }

    // Null where the index has the event of a case without the case.
    private (Bytes32 LeafHash, Bytes32 Authority, IndexedCase? Case)? PlaceOf(RepairStep step)
    {
        if (!_cases.TryGetValue(step.CaseId, out IndexedCase? found) && step.CaseId != 0)
        {
            found = _index.FindCase(step.CaseId);
            _cases.Add(step.CaseId, found);
        }

        return (step.Event, found) switch
        {
            (SanctionAnnulledEvent e, _) => (e.LeafHash, e.Authority, found),
            (SanctionShieldedEvent e, _) => (e.LeafHash, e.Authority, found),
            (SanctionUnshieldedEvent e, _) => (e.LeafHash, e.Authority, found),
            (_, IndexedCase indexed) => (indexed.LeafHash, indexed.Terms.Authority, found),
            _ => null,
        };
    }

    private Sanction Find(Bytes32 leafHash, Bytes32 authority, IndexedCase? found)
    {
        CreditRecord? record = FindRecord(leafHash, authority);
        RulePack? pack = found is not null
            ? packs.FindByHash(found.Terms.RulePack)
            : record is not null && record.Claims.TryFindString("rulePack", out string? id) ? packs.Find(id) : null;
        return new Sanction(leafHash, authority, record?.Subject.ToString() ?? UnknownSubject(leafHash), pack);
    }

    // The leaf binds the authority, so that no other log can hold the sanction.
    private CreditRecord? FindRecord(Bytes32 leafHash, Bytes32 authority)
    {
        StoredLog? log = store.Logs.ReadAll().FirstOrDefault(candidate => ConsortiumContract.OrganisationId(candidate.Issuer) == authority);
        return log is not null
            && store.Tiles.FindLeaf(log.Number, leafHash) is ulong leafIndex
            && store.Entries.Find(new LogPosition(log.Number, leafIndex)) is { Record: byte[] canonical }
            && CreditRecord.TryParse(canonical, Rules, out CreditRecord? record, out _)
                ? record
                : null;
    }

    private sealed record Sanction(Bytes32 LeafHash, Bytes32 Authority, string Subject, RulePack? RulePack);
}
