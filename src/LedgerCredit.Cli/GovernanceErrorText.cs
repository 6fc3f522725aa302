using LedgerCredit.Contracts;

namespace LedgerCredit.Cli;

/// <summary>Refusals of the consortium and its rule packs in plain words: what was asked for is not allowed.</summary>
internal static class GovernanceErrorText
{
    /// <summary>The words for an error, or null for one that has none here.</summary>
    public static string? Find(ContractError? error) => error?.Name switch
    {
        "ConsortiumNotInRole" => $"An account lacks the role that this needs: it or its organisation was not given it, or is suspended. ({error})",
        "ConsortiumAdminRequired" or "OwnableUnauthorizedAccount" or "RulePacksNotAdmin" => $"Only the consortium's admin may do that. ({error})",
        "ConsortiumUnknownOrganisation" => $"The consortium has no such member: 'ledgercredit member register' adds it. ({error})",
        "ConsortiumUnknownAccount" => $"The account is registered for no member: 'ledgercredit member account' or 'member register' does that. ({error})",
        "ConsortiumAccountRetired" => $"The account is retired, for good. Use another account of the member. ({error})",
        "ConsortiumNotAppointer" => $"Only the authority that appointed a representative, or the admin, may dismiss it. ({error})",
        "RulePacksClosed" => $"The rule pack is closed to new cases already. ({error})",
        "RulePacksUnknown" => $"The rule pack was not added to the ledger: 'ledgercredit contracts add-pack' does that. ({error})",
        "EvidenceLogOrganisationSuspended" => $"The member is suspended, so its log cannot be anchored until the consortium's admin resumes it. ({error})",
        "EvidenceLogNotOperator" => $"The account may not anchor this log: it is no operator of the log's member. ({error})",
        _ => null,
    };
}
