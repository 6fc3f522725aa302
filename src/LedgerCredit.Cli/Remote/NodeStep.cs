using System.CommandLine;
using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Remote;

/// <summary>A step command that is to be taken through a node.</summary>
/// <param name="Case">The case as it was named.</param>
/// <param name="Actor">Who is to act, or null.</param>
/// <param name="Role">The role of the step, or null.</param>
/// <param name="Language"><c>en</c> or <c>zh</c>.</param>
/// <param name="Make">Makes the call; null where a check failed, of which it has told.</param>
internal sealed record NodeStepCommand(string Case, string? Actor, ConsortiumRole? Role, string Language, Func<ParseResult, StepCase, StepCall?> Make);

/// <summary>Takes steps of repair cases through a node; keys and statements stay in the workspace here.</summary>
internal static class NodeStep
{
    /// <summary>Takes a step, and prints what it did.</summary>
    public static async Task<int> RunAsync(ParseResult result, NodeOptions options, Uri url, NodeStepCommand command, CancellationToken cancellationToken)
    {
        Workspace workspace = result.OpenWorkspace();
        ActingAccount actor = ActingAccount.Find(workspace.Config, command.Actor, command.Role);
        using NodeSession session = await options.ConnectAsync(result, url, actor, cancellationToken);
        RepairCaseView view = await NodeCases.FindAsync(session.Client, command.Case, command.Language, cancellationToken);
        if (command.Make(result, new NodeStepCase(workspace, view)) is not StepCall call)
        {
            return ExitCode.VerificationFailed;
        }

        return await TakeAsync(result, session, actor, call, view, command.Language, cancellationToken);
    }

    /// <summary>Takes a step, and prints what it did.</summary>
    /// <param name="result">The command.</param>
    /// <param name="session">The node, signed in to by the actor.</param>
    /// <param name="actor">Who takes the step.</param>
    /// <param name="call">The step.</param>
    /// <param name="view">Its case; null for a step about a sanction, which may have none under way.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <param name="cancellationToken">Ends the waiting; the step may happen all the same.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> TakeAsync(
        ParseResult result, NodeSession session, ActingAccount actor, StepCall call, RepairCaseView? view, string language, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        RepairTransactionState state;
        try
        {
            // The ledger takes each of these steps once, whatever was signed before.
            state = await new NodeTransaction(session, workspace.Config.Ledger, result.OpenKeys(workspace), actor).TakeAsync(
                call.Request, call.CallData, language, before: null, _ => Task.CompletedTask, _ => { }, cancellationToken);
        }
        catch (LedgerCreditException e) when (IsRefusal(e))
        {
            throw Refused(output, e);
        }

        RequireTaken(state);
        view = (view?.Case ?? state.Case) is long caseId ? await session.Client.GetRepairCaseAsync(caseId, language, cancellationToken) : null;
        Write(output, view, state, actor, call, language);
        return ExitCode.Done;
    }

    /// <summary>Refuses a step that the contract refused when its turn came.</summary>
    public static void RequireTaken(RepairTransactionState state)
    {
        if (NodeTransaction.IsRefused(state))
        {
            throw new InputException($"The contract refused the step when its turn came: transaction {CaseScreen.Printable(state.Hash)}. Nothing happened; 'ledgercredit repair show' shows how the case stands.");
        }
    }

    /// <summary>Whether a problem says that the rules do not allow a step.</summary>
    public static bool IsRefusal(LedgerCreditException problem) => problem.Code == "step-refused";

    /// <summary>Says why the rules do not allow a step.</summary>
    public static InputException Refused(CommandOutput output, LedgerCreditException refusal)
    {
        string message = CaseScreen.Printable(refusal.Message);
        output.Result(
            new JsonObject(new JsonMember("error", new JsonObject(
                new JsonMember("code", new JsonString(refusal.Reason ?? refusal.Code)),
                new JsonMember("message", new JsonString(message))))),
            _ => { });
        return new InputException(message);
    }

    private static void Write(CommandOutput output, RepairCaseView? view, RepairTransactionState state, ActingAccount actor, StepCall call, string language)
    {
        Statement? statement = call.Statement;
        List<JsonMember> members = view is null ? [] : [new("case", new JsonNumber(view.Case))];
        if ((view?.Sanction ?? call.Sanction?.ToString()) is string sanction)
        {
            members.Add(new("sanction", new JsonString(sanction)));
        }

        members.Add(new("as", new JsonString(actor.KeyName)));
        members.Add(new("account", new JsonString(actor.Address.ToString())));
        members.Add(new("events", new JsonArray([.. state.Events.Select(name => new JsonString(name))])));
        if (view is not null)
        {
            members.Add(new("stage", new JsonString(view.Stage)));
            members.Add(new("steps", NodeJson.Of(view.Steps)));
        }

        if (statement is not null)
        {
            members.Add(new("statement", new JsonString(statement.Digest.ToString())));
        }

        members.Add(new("transaction", new JsonString(state.Hash)));
        members.Add(new("block", new JsonNumber(state.Block ?? 0)));
        output.Result(new JsonObject(members), text =>
        {
            bool isEnglish = language == "en";
            if (view is null)
            {
                text.WriteLine(CaseScreen.Printable(isEnglish ? $"Sanction {call.Sanction}: {string.Join(", ", state.Events)}." : $"处罚 {call.Sanction}：{string.Join("、", state.Events)}。"));
            }
            else
            {
                IEnumerable<string> happened = view.History.Where(line => line.Transaction == state.Hash).Select(line => CaseScreen.Printable(line.Text));
                text.WriteLine((isEnglish ? $"Case {view.Case}: " : $"申请 {view.Case}：") + string.Join(isEnglish ? " " : "", happened));
                NodeCases.WriteNext(text, view.Steps, language);
            }

            if (statement is not null)
            {
                text.WriteLine(isEnglish
                    ? $"Statement {statement.Digest}; its salt{(statement.Text is null ? "" : " and text")} are kept in this workspace."
                    : $"书面说明摘要 {statement.Digest}；盐值{(statement.Text is null ? "" : "及原文")}保存在本工作区。");
            }

            text.WriteLine(isEnglish ? $"Transaction {state.Hash} in block {state.Block}." : $"交易 {state.Hash}，区块 {state.Block}。");
        });
    }
}
