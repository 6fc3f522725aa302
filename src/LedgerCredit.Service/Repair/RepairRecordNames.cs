using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Records;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Repair;

/// <summary>What people call the sanctions of cases: of each record that much, to whoever sees that much of it. For one request.</summary>
/// <remarks>The rest of a case is on the ledger, where its subject has a pseudonym only; its name is of the record, so that telling it is a read.</remarks>
/// <param name="node">The node.</param>
/// <param name="store">A store with a snapshot.</param>
/// <param name="caller">Who reads.</param>
/// <param name="purpose">What for.</param>
internal sealed class RepairRecordNames(NodeContext node, Store store, Caller caller, string purpose)
{
    private const string DecisionNumber = "decisionNo";

    private readonly RecordAccess _records = new(node, store, caller, purpose);
    private readonly List<ReadableRecord> _read = [];

    /// <summary>The number of the decision, else the id of the record; null where the caller sees neither, or the node does not hold the record.</summary>
    internal string? Find(IndexedCase indexed)
    {
        if (_records.FindSanction(indexed.Terms.Authority, indexed.LeafHash) is not ReadableRecord record)
        {
            return null;
        }

        string? name = record.Decision.Shows(RecordKind.Sanction, RecordMembers.ClaimName(DecisionNumber)) && record.Record.Claims.TryFindString(DecisionNumber, out string? number) ? number
            : record.Decision.Shows(RecordKind.Sanction, "id") ? record.Record.Id
            : null;
        if (name is not null)
        {
            _read.Add(record);
        }

        return name;
    }

    /// <summary>Keeps in the access log which records were read; to be waited for before the answer leaves.</summary>
    internal Task LogAsync(AccessAction action, CancellationToken cancellationToken) => _records.LogAsync(_read, action, cancellationToken);
}
