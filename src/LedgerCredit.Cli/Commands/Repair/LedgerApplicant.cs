using System.CommandLine;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>An applicant at the ledger, by the workspace's own endpoint and index.</summary>
internal sealed class LedgerApplicant : ApplicantSession
{
    private readonly RepairSession _session;
    private readonly CommandOutput _output;
    private readonly string _language;

    private LedgerApplicant(RepairSession session, PackageFolder folder, ActingAccount actor, CommandOutput output, string language)
        : base(folder, session.Workspace, actor)
    {
        _session = session;
        _output = output;
        _language = language;
    }

    /// <summary>Opens everything and reads the ledger up to its newest block.</summary>
    /// <param name="result">The command.</param>
    /// <param name="folder">The packages.</param>
    /// <param name="actor">The applicant by name, or null for the only one.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public static async Task<LedgerApplicant> OpenAsync(ParseResult result, PackageFolder folder, string? actor, string language, CancellationToken cancellationToken)
    {
        RepairSession session = await RepairSession.OpenAsync(result, cancellationToken);
        try
        {
            return new LedgerApplicant(session, folder, ActingAccount.Find(session.Workspace.Config, actor, ConsortiumRole.Enterprise), new CommandOutput(result), language);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override ContractAddresses Contracts => _session.Ledger.Contracts;

    /// <inheritdoc/>
    public override ulong BlockTime => _session.Position.BlockTime;

    /// <inheritdoc/>
    public override IRepairCases Cases => _session.Index;

    /// <inheritdoc/>
    public override bool IsReadHere => true;

    /// <inheritdoc/>
    public override Task<IRepairCase> FindCaseAsync(string text, CancellationToken cancellationToken) =>
        Task.FromResult<IRepairCase>(CaseArgument.Find(_session, text));

    /// <inheritdoc/>
    public override async Task RequireAllowedAsync(
        IReadOnlyList<PackageMaterial> materials, ReadOnlyMemory<byte> callData, Func<RepairStepRequest> request, TimeSpan zone, CancellationToken cancellationToken)
    {
        try
        {
            await _session.Ledger.Client.EstimateGasAsync(new CallRequest(Actor.Address, _session.Desk.Address, callData), cancellationToken);
        }
        catch (JsonRpcException e) when (e.RevertData is byte[] data)
        {
            ContractRevertException refusal = new(data, e);
            throw await ExplainAsync(refusal, zone, cancellationToken) as Exception ?? refusal;
        }
    }

    /// <inheritdoc/>
    public override Task<SubmittedCase> ReadCaseAsync(ulong caseId, StepPlace? step, CancellationToken cancellationToken)
    {
        IndexedCase indexed = _session.Index.FindCase(caseId)
            ?? throw new InputException($"Case {caseId} is not on the ledger any more. Run the command again.");
        CaseReport? report = new CaseReporter(_session.Index, _session.Packs).TryReport(indexed, conditions: null);
        return Task.FromResult(new SubmittedCase(
            caseId,
            indexed.LeafHash,
            indexed.MaterialsHash,
            report is null ? [] : [new("stage", new JsonString(CaseTexts.NameOf(report.Case.Stage))), new("steps", CaseJson.Steps(report, _language))],
            [.. StepReport.LedgerMembers(_session, step)],
            text =>
            {
                foreach (string next in report is null ? [] : new CaseWording(report, _session.Index, _language).Next())
                {
                    text.WriteLine((_language == "en" ? "Next: " : "下一步：") + next);
                }
            },
            text => StepReport.WriteLedger(text, _session, step, _language)));
    }

    /// <inheritdoc/>
    public override void Record(CancellationToken cancellationToken) => _session.Record(cancellationToken);

    /// <inheritdoc/>
    public override Task CatchUpAsync(Bytes32 sanction, CancellationToken cancellationToken) => _session.CatchUpAsync(cancellationToken);

    /// <inheritdoc/>
    public override Task WaitIdleAsync(Bytes32 sanction, Address sender, CancellationToken cancellationToken) =>
        new LedgerTransactions(_session.Ledger, TimeProvider.System).WaitIdleAsync(sender, cancellationToken);

    /// <inheritdoc/>
    public override async Task<StepPlace> TakeAsync(PackedStep packed, CancellationToken cancellationToken) =>
        (await _session.TakeAsync(Actor, packed.CallData, cancellationToken)).Place;

    /// <inheritdoc/>
    public override bool IsRefusal(Exception failure) => failure is ContractRevertException;

    /// <inheritdoc/>
    public override void Dispose() => _session.Dispose();

    /// <inheritdoc/>
    protected override async Task<InputException?> ExplainAsync(Exception refusal, TimeSpan zone, CancellationToken cancellationToken) =>
        await new RefusalWords(_output, _language, zone).ExplainAsync(_session, Actor, (ContractRevertException)refusal, cancellationToken);
}
