using LedgerCredit.Client.Models;

namespace LedgerCredit.Client;

/// <content>Credit repair: plans, cases, and steps that the caller signs where its key is.</content>
public sealed partial class LedgerCreditClient
{
    /// <summary>What it takes to have a sanction repaired.</summary>
    /// <param name="issuer">The slug of the authority.</param>
    /// <param name="leafIndex">The sanction's index in its log.</param>
    /// <param name="corrected">Whether the decision orders a rectification, where its record does not say so.</param>
    /// <param name="agent">Whether an agent applies.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>: the language of sentences.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<RepairPlanView> GetRepairPlanAsync(
        string issuer, long leafIndex, bool corrected = false, bool agent = false, string language = "en", CancellationToken cancellationToken = default) =>
        GetAsync(
            FormattableString.Invariant($"v1/repair/plans/{Uri.EscapeDataString(issuer)}/{leafIndex}?corrected={TextOf(corrected)}&agent={TextOf(agent)}&{Language(language)}"),
            ClientJson.Default.RepairPlanView,
            cancellationToken);

    /// <summary>A repair case: its conditions and who owes each, due dates, history.</summary>
    public Task<RepairCaseView> GetRepairCaseAsync(long caseId, string language = "en", CancellationToken cancellationToken = default) =>
        GetAsync(FormattableString.Invariant($"v1/repair/cases/{caseId}?{Language(language)}"), ClientJson.Default.RepairCaseView, cancellationToken);

    /// <summary>A page of the repair cases that are looked for.</summary>
    public Task<RepairCasePage> SearchRepairCasesAsync(RepairCaseSearch search, string language = "en", CancellationToken cancellationToken = default) =>
        PostAsync($"v1/repair/cases/search?{Language(language)}", search, ClientJson.Default.RepairCaseSearch, ClientJson.Default.RepairCasePage, cancellationToken);

    /// <summary>A page of the steps that are late, the longest late first; it may have few lines, or none, and still a next one.</summary>
    public Task<RepairOverduePage> GetOverdueRepairStepsAsync(string? cursor = null, string language = "en", CancellationToken cancellationToken = default) =>
        GetAsync($"v1/repair/overdue?{Language(language)}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", ClientJson.Default.RepairOverduePage, cancellationToken);

    /// <summary>Has a step made as a transaction to be signed; nothing is sent to the ledger yet.</summary>
    /// <remarks>Compare it with the step before it is signed: whoever signs answers for it, not the node that has made it.</remarks>
    public Task<UnsignedRepairTransaction> PrepareRepairTransactionAsync(RepairStepRequest step, string language = "en", CancellationToken cancellationToken = default) =>
        PostAsync($"v1/repair/transactions?{Language(language)}", step, ClientJson.Default.RepairStepRequest, ClientJson.Default.UnsignedRepairTransaction, cancellationToken);

    /// <summary>Sends a signed step. Sending the same bytes again is safe.</summary>
    public Task<SentRepairTransaction> SendRepairTransactionAsync(SignedRepairTransaction transaction, CancellationToken cancellationToken = default) =>
        PostAsync("v1/repair/transactions/send", transaction, ClientJson.Default.SignedRepairTransaction, ClientJson.Default.SentRepairTransaction, cancellationToken);

    /// <summary>What became of a transaction of the caller's account.</summary>
    /// <param name="hash">Its hash: 0x and 64 hex digits.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<RepairTransactionState> GetRepairTransactionAsync(string hash, CancellationToken cancellationToken = default) =>
        GetAsync($"v1/repair/transactions/{Uri.EscapeDataString(hash)}", ClientJson.Default.RepairTransactionState, cancellationToken);

    private static string Language(string language) => $"lang={Uri.EscapeDataString(language)}";

    private static string TextOf(bool value) => value ? "true" : "false";
}
