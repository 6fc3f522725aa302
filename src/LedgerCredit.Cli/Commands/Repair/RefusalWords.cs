using LedgerCredit.Contracts;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>How a refusal of the contracts is told: in words, and with <c>--json</c> as a document beside.</summary>
/// <param name="Output">Where the document goes.</param>
/// <param name="Language"><c>en</c> or <c>zh</c>.</param>
/// <param name="UtcOffset">The zone of the case's rule pack.</param>
internal sealed record RefusalWords(CommandOutput Output, string Language, TimeSpan UtcOffset)
{
    /// <summary>Says why the contracts refuse a step, and what to do instead.</summary>
    /// <param name="session">The session that asked.</param>
    /// <param name="account">Who was to take the step.</param>
    /// <param name="refusal">The refusal.</param>
    /// <param name="cancellationToken">Cancels asking the ledger about the account.</param>
    /// <returns>What the command ends with; null for errors that no step meets.</returns>
    public async Task<InputException?> ExplainAsync(
        RepairSession session, ActingAccount account, ContractRevertException refusal, CancellationToken cancellationToken)
    {
        if (refusal.Error is not ContractError error)
        {
            return null;
        }

        LocalText? text = error.Name == "RepairDeskNotApplicant" ? await ExplainApplicantAsync(session, account, cancellationToken) : null;
        text ??= new ContractErrorText(session.Index.NameOf, UtcOffset, namesRequests: false).Find(error);
        if (text is null)
        {
            return null;
        }

        string message = text.In(Language);
        Output.Result(
            new JsonObject(new JsonMember("error", new JsonObject(
                new JsonMember("code", new JsonString(ContractErrorText.CodeOf(error))),
                new JsonMember("message", new JsonString(message))))),
            _ => { });
        return new InputException($"{message} ({error.Name})");
    }

    // An appointment helps an enterprise alone (Consortium.mayActFor): to all others something else is missing.
    private static async Task<LocalText?> ExplainApplicantAsync(RepairSession session, ActingAccount account, CancellationToken cancellationToken)
    {
        string enterprise = ConsortiumRoles.ToName(ConsortiumRole.Enterprise);
        if (!account.Roles.Contains(enterprise))
        {
            string[] others = [.. ActingAccount.ReadAll(session.Workspace.Config).Where(other => other.Roles.Contains(enterprise)).Select(other => other.KeyName)];
            return new LocalText(
                $"{account.KeyName} may not act for the sanctioned subject: it is no enterprise. An enterprise account must act that an authority appointed for the subject. This workspace has with the role {enterprise}: {(others.Length > 0 ? string.Join(", ", others) : "none")}.",
                $"{account.KeyName} 无权代表被处罚主体：其不具有企业角色。须由经认定单位授权代表该主体的企业账户办理。本工作区中具有角色 {enterprise} 的账户：{(others.Length > 0 ? string.Join("、", others) : "无")}。");
        }

        ConsortiumContract consortium = new(session.Ledger.Client, session.Ledger.Contracts.Consortium);
        ConsortiumOrganisation organisation = await consortium.FetchOrganisationAsync(ConsortiumContract.OrganisationId(account.Member), cancellationToken);
        return organisation.IsSuspended
            ? new LocalText(
                $"{account.Member} is suspended, so that its accounts may not act for the sanctioned subject. The consortium's admin can resume it.",
                $"{account.Member} 已被暂停，其账户无权代表被处罚主体。可由联盟管理员恢复。")
            : null;
    }
}
