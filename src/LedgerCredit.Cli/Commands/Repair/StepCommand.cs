using System.CommandLine;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>What a step sends.</summary>
/// <param name="CallData">From one of the methods <c>RepairDeskContract.Encode…</c>.</param>
/// <param name="Request">The same for a node, which is to make the same call data of it.</param>
/// <param name="Statement">The statement that goes with it, or null.</param>
/// <param name="Sanction">The sanction that it is about, where it is not about a case.</param>
internal sealed record StepCall(ReadOnlyMemory<byte> CallData, RepairStepRequest Request, Statement? Statement, Bytes32? Sanction = null);

/// <summary>A command by which a party takes a step in a case: <c>repair VERB CASE … --as NAME</c>.</summary>
internal sealed class StepCommand
{
    private readonly Argument<string> _case = CaseArgument.Create();
    private readonly Option<string> _language = RepairOptions.Language();
    private readonly Option<string?> _actor;
    private readonly ConsortiumRole? _role;
    private readonly NodeOptions _node;

    /// <summary>Makes the command without its own options.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="description">What it does.</param>
    /// <param name="party">The party whose step it is, in words.</param>
    /// <param name="role">The party's role; null where any member may act.</param>
    public StepCommand(string verb, string description, string party, ConsortiumRole? role)
    {
        _role = role;
        _actor = RepairOptions.Actor(party);
        if (role is null)
        {
            _actor.Description = $"The account that acts for {party}: a member of this workspace, or SLUG.NAME for a further account. Default: the only one here.";
        }

        Command = new Command(verb, description) { _case };
        _node = NodeOptions.AddToStep(Command);
    }

    /// <summary>The command.</summary>
    public Command Command { get; }

    /// <summary>Says what the command sends, after its own options were added.</summary>
    /// <param name="make">Makes the call, for the case that is meant.</param>
    public Command Does(Func<ParseResult, StepCase, StepCall> make) => Checks(make);

    /// <summary>The same, for a command that checks something before it sends anything.</summary>
    /// <param name="make">Makes the call, for the case that is meant; null where a check failed, of which it has told.</param>
    public Command Checks(Func<ParseResult, StepCase, StepCall?> make)
    {
        Command.Add(_actor);
        Command.Add(_language);
        Command.SetAction((result, cancellationToken) => RunAsync(result, make, cancellationToken));
        return Command;
    }

    private async Task<int> RunAsync(
        ParseResult result, Func<ParseResult, StepCase, StepCall?> make, CancellationToken cancellationToken)
    {
        string language = result.ReadLanguage(_language);
        CommandOutput output = new(result);
        if (_node.FindUrl(result) is Uri url)
        {
            return await NodeStep.RunAsync(result, _node, url, new NodeStepCommand(result.GetRequiredValue(_case), result.GetValue(_actor), _role, language, make), cancellationToken);
        }

        using RepairSession session = await RepairSession.OpenAsync(result, cancellationToken);
        IndexedCase indexed = CaseArgument.Find(session, result.GetRequiredValue(_case), language);
        ActingAccount actor = _role == ConsortiumRole.Authority
            ? session.FindAuthority(result.GetValue(_actor), indexed.Terms.Authority)
            : ActingAccount.Find(session.Workspace.Config, result.GetValue(_actor), _role);
        if (make(result, new IndexedStepCase(session, indexed)) is not StepCall call)
        {
            return ExitCode.VerificationFailed;
        }

        TimeSpan zone = session.Packs.FindByHash(indexed.Terms.RulePack)?.UtcOffset ?? TimeSpan.Zero;
        RepairStepResult step = await session.TakeAsync(actor, call.CallData, new RefusalWords(output, language, zone), cancellationToken);
        StepReport.Write(output, session, language, actor, step, indexed.CaseId, call.Statement);
        return ExitCode.Done;
    }
}
