using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>What people call the sanctions of cases, where this workspace knows them: the decision's number, else the record's id.</summary>
/// <remarks>
/// From the authority's log if it is here, else from the evidence file that was kept when a case was opened. The ledger itself
/// knows digests alone.
/// </remarks>
internal sealed class SanctionNames
{
    private const string DecisionNumber = "decisionNo";

    // The sanction was accepted by the rules of its time; whom it is about was decided then.
    private static readonly RecordRules Rules = new() { AllowNaturalPersons = true };

    private readonly Dictionary<Bytes32, string> _names = [];

    /// <summary>Looks up the sanctions of some cases together.</summary>
    public SanctionNames(RepairSession session, IEnumerable<IndexedCase> cases)
    {
        Dictionary<Bytes32, Bytes32> authorities = cases.DistinctBy(indexed => indexed.LeafHash).ToDictionary(indexed => indexed.LeafHash, indexed => indexed.Terms.Authority);
        foreach (StoredLog log in session.Store.Logs.ReadAll())
        {
            Bytes32 issuer = ConsortiumContract.OrganisationId(log.Issuer);
            HashSet<Bytes32> wanted = [.. authorities.Where(pair => pair.Value == issuer).Select(pair => pair.Key)];
            foreach ((Bytes32 leafHash, ulong leafIndex) in wanted.Count == 0 ? new Dictionary<Bytes32, ulong>() : session.Store.Tiles.FindLeaves(log.Number, wanted))
            {
                if (session.Store.Entries.Find(new LogPosition(log.Number, leafIndex)) is { Record: byte[] canonical }
                    && CreditRecord.TryParse(canonical, Rules, out CreditRecord? record, out _))
                {
                    _names.Add(leafHash, record.Claims.TryFindString(DecisionNumber, out string? number) ? number : record.Id);
                }
            }
        }

        foreach (Bytes32 leafHash in authorities.Keys.Where(leafHash => !_names.ContainsKey(leafHash)))
        {
            if (PackageFolder.FindEvidence(session.Workspace, leafHash) is string path && ReadEvidence(path, leafHash) is string name)
            {
                _names.Add(leafHash, name);
            }
        }
    }

    /// <summary>What a sanction is called, or null where it is not known here.</summary>
    public string? Find(Bytes32 leafHash) => _names.GetValueOrDefault(leafHash);

    // The kept file was verified before it was kept.
    private static string? ReadEvidence(string path, Bytes32 leafHash)
    {
        if (!EvidenceFile.TryParse(InputFile.Read(path, EvidenceFile.MaxBytes), out EvidenceFile? file, out _) || MerkleHash.Leaf(file.Entry.Span) != leafHash)
        {
            return null;
        }

        Dictionary<string, string> texts = [];
        foreach (string encoded in file.Record.Disclosures)
        {
            if (Disclosure.TryParse(encoded, out Disclosure? disclosure, out _) && disclosure.Value is JsonString text)
            {
                texts.TryAdd(disclosure.Name, text.Value);
            }
        }

        return texts.GetValueOrDefault(RecordMembers.ClaimName(DecisionNumber)) ?? texts.GetValueOrDefault("id");
    }
}
