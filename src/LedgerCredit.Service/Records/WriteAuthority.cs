using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;

namespace LedgerCredit.Service.Records;

/// <summary>Which records a caller may write: those of its own organisation, of the kinds that its roles state. Nobody writes repair records.</summary>
/// <param name="caller">Who writes; it has the scope to.</param>
internal sealed class WriteAuthority(Caller caller)
{
    /// <summary>Who writes.</summary>
    internal Caller Caller => caller;

    /// <summary>What speaks against a record; null where nothing does.</summary>
    /// <param name="issuer">Who states it.</param>
    /// <param name="kind">What it states.</param>
    internal RecordIssue? FindProblem(string issuer, RecordKind kind)
    {
        if (issuer != caller.Organisation)
        {
            return new RecordIssue("not-the-issuer", "/issuer", "Expected the caller's own organisation: nobody states records in another one's name.");
        }

        if (kind == RecordKind.Repair)
        {
            return new RecordIssue("made-by-the-node", "/kind", "Expected a sanction or a rating: repair records are made by the node alone, from the final events of the ledger.");
        }

        ConsortiumRole role = kind == RecordKind.Rating ? ConsortiumRole.Agency : ConsortiumRole.Authority;
        return caller.Has(role)
            ? null
            : new RecordIssue("wrong-role", "/kind", $"A record of this kind is written by an organisation with the role {ConsortiumRoles.ToName(role)}.");
    }
}
