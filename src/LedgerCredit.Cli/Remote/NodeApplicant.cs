using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Cli.Remote;

/// <summary>An applicant whose steps go through a node: packages, salts and keys stay in the workspace here.</summary>
/// <remarks>
/// What the node says of cases decides what is asked for next and what packages are called, and removes none. The signed transaction of a package is
/// kept before it is sent, so that whatever stops the command, its repetition sends the same bytes, which the ledger takes once. Where the node says that it
/// did not take them, a supplement is signed anew with the same nonce only, or where the ledger itself says that nothing signed before has happened or ever can:
/// the desk takes the same digests twice, and then no package holds what is on the ledger.
/// </remarks>
internal sealed class NodeApplicant : ApplicantSession, IRepairCases
{
    private readonly NodeSession _session;
    private readonly NodeTransaction _transaction;
    private readonly CommandOutput _output;
    private readonly string _language;
    private readonly Dictionary<Bytes32, IReadOnlyList<NodeStepCase>> _cases = [];
    private readonly bool _mayRepeat;
    private ulong _blockTime;

    /// <summary>Makes the session; nothing is asked yet.</summary>
    /// <param name="session">The node, signed in to by the applicant.</param>
    /// <param name="folder">The packages of the workspace.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="actor">The applicant.</param>
    /// <param name="output">For refusals.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <param name="mayRepeat">Whether materials are signed for anew though it cannot be told here that what was signed before never happens.</param>
    public NodeApplicant(
        NodeSession session, PackageFolder folder, Workspace workspace, KeyRing keys, ActingAccount actor, CommandOutput output, string language, bool mayRepeat)
        : base(folder, workspace, actor)
    {
        _session = session;
        _output = output;
        _language = language;
        _mayRepeat = mayRepeat;
        _transaction = new NodeTransaction(session, workspace.Config.Ledger, keys, actor);
        Contracts = NodeTransaction.RequireContracts(workspace.Config.Ledger);
    }

    /// <inheritdoc/>
    public override ContractAddresses Contracts { get; }

    /// <inheritdoc/>
    public override ulong BlockTime => _blockTime;

    /// <inheritdoc/>
    public override IRepairCases Cases => this;

    /// <inheritdoc/>
    public override bool IsReadHere => false;

    /// <inheritdoc/>
    public IReadOnlyList<IRepairCase> ReadOf(Bytes32 sanction) => _cases.GetValueOrDefault(sanction, []);

    /// <inheritdoc/>
    public override async Task<IRepairCase> FindCaseAsync(string text, CancellationToken cancellationToken) =>
        new NodeStepCase(Workspace, await NodeCases.FindAsync(_session.Client, text, _language, cancellationToken));

    /// <inheritdoc/>
    public override async Task RequireAllowedAsync(
        IReadOnlyList<PackageMaterial> materials, ReadOnlyMemory<byte> callData, Func<RepairStepRequest> request, TimeSpan zone, CancellationToken cancellationToken)
    {
        try
        {
            await _session.Client.PrepareRepairTransactionAsync(WithMaterials(request(), materials), _language, cancellationToken);
        }
        catch (LedgerCreditException e) when (NodeStep.IsRefusal(e))
        {
            throw NodeStep.Refused(_output, e);
        }
    }

    /// <inheritdoc/>
    public override async Task<SubmittedCase> ReadCaseAsync(ulong caseId, StepPlace? step, CancellationToken cancellationToken)
    {
        RepairCaseView view = await _session.Client.GetRepairCaseAsync(checked((long)caseId), _language, cancellationToken);
        NodeStepCase found = new(Workspace, view);
        return new SubmittedCase(
            caseId,
            found.LeafHash,
            found.MaterialsHash,
            [new("stage", new JsonString(view.Stage)), new("steps", NodeJson.Of(view.Steps))],
            StepReport.PlaceMembers(step),
            text => NodeCases.WriteNext(text, view.Steps, _language),
            text => StepReport.WritePlace(text, step, _language));
    }

    /// <summary>Nothing: the logs that steps are recorded in are the node's.</summary>
    public override void Record(CancellationToken cancellationToken)
    {
    }

    /// <inheritdoc/>
    public override async Task CatchUpAsync(Bytes32 sanction, CancellationToken cancellationToken)
    {
        List<NodeStepCase> cases = [];
        foreach (RepairCaseRow row in (await NodeCases.SearchAsync(_session.Client, new RepairCaseSearch(Sanction: sanction.ToString()), _language, cancellationToken)).Where(row => row.Sanction == sanction.ToString()))
        {
            NodeStepCase found = new(Workspace, await _session.Client.GetRepairCaseAsync(row.Case, _language, cancellationToken));
            if (found.LeafHash != sanction || found.View.Case != row.Case)
            {
                throw new NodeAnswerException($"The node shows case {found.CaseId} of the sanction {found.LeafHash} for case {row.Case} of {sanction}. Nothing was signed.");
            }

            cases.Add(found);
            _blockTime = Math.Max(_blockTime, (ulong)NodeJson.ReadTime(found.View.AsOf.Time, "case").ToUnixTimeSeconds());
        }

        _cases[sanction] = cases;
    }

    /// <summary>Waits for what an earlier command has sent. What it only signed goes out again with the same package, or never.</summary>
    public override async Task WaitIdleAsync(Bytes32 sanction, Address sender, CancellationToken cancellationToken)
    {
        foreach (KeptPackage pending in Folder.FindPending(sanction).Where(pending => pending.Sender == sender))
        {
            if (FindSigned(pending) is SignedTransaction signed)
            {
                try
                {
                    await _transaction.WaitAsync(signed.Hash, cancellationToken);
                }
                catch (LedgerCreditException e) when (e.Code == "not-found")
                {
                    // The ledger has not got it. A later step of the account gets the same nonce, so that only one of the two can ever happen.
                }
            }
        }
    }

    /// <inheritdoc/>
    public override async Task<StepPlace> TakeAsync(PackedStep packed, CancellationToken cancellationToken)
    {
        RepairTransactionState state = await TakeAgainAsync(packed.Package, cancellationToken)
            ?? await _transaction.TakeAsync(
                WithMaterials(Request ?? throw new InvalidOperationException("A step is taken before it was asked for."), packed.Added),
                packed.CallData,
                _language,
                FindSigned(packed.Package),
                before => RequireNeverAsync(packed, before, cancellationToken),
                signed => PackageFolder.KeepTransaction(packed.Package, signed.Raw.Span),
                cancellationToken);
        NodeStep.RequireTaken(state);
        await CatchUpAsync(packed.Package.Manifest.Sanction, cancellationToken);
        return Bytes32.TryParseHex(state.Hash, out Bytes32 hash) && state.Block is long block and >= 0
            ? new StepPlace(hash, (ulong)block)
            : throw new NodeAnswerException("The node says that the step is final, and not in which block and transaction. See with another node what became of it.");
    }

    /// <inheritdoc/>
    public override bool IsRefusal(Exception failure) => failure is LedgerCreditException problem && NodeStep.IsRefusal(problem);

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    /// <inheritdoc/>
    protected override Task<InputException?> ExplainAsync(Exception refusal, TimeSpan zone, CancellationToken cancellationToken) =>
        Task.FromResult<InputException?>(NodeStep.Refused(_output, (LedgerCreditException)refusal));

    // What an earlier run had signed for the same package; null where there is nothing, or it can never happen any more.
    private async Task<RepairTransactionState?> TakeAgainAsync(KeptPackage pending, CancellationToken cancellationToken)
    {
        if (FindSigned(pending) is not SignedTransaction signed)
        {
            return null;
        }

        try
        {
            RepairTransactionState state = await _transaction.SendAsync(signed, cancellationToken);
            return NodeTransaction.IsRefused(state) ? null : state;
        }
        catch (LedgerCreditException e) when (NodeTransaction.IsOvertaken(e))
        {
            return null;
        }
    }

    // By the ledger alone: who says of a supplement on its way that it is lost gets it on the ledger twice. Its case is looked at, and no receipt: of those
    // that were signed with one nonce the last is kept, and each brings the same materials.
    private async Task RequireNeverAsync(PackedStep packed, SignedTransaction before, CancellationToken cancellationToken)
    {
        // A case is opened once, whatever is signed.
        if (_mayRepeat || Request!.Step != "supplement")
        {
            return;
        }

        string said = $"The node says that transaction {before.Hash} was not taken, which brings these materials, and wants another one signed. If it says so wrongly, they come on the ledger twice, and no package holds what is there.";
        ulong nonce;
        Bytes32 found;
        try
        {
            using LedgerSession ledger = await LedgerSession.ConnectAsync(Workspace, rpcUrl: null, TimeProvider.System, cancellationToken);

            // First the nonce: what is mined between the two questions is then in the case.
            nonce = await ledger.Client.FetchTransactionCountAsync(before.Sender, BlockReference.Latest, cancellationToken);
            found = (await new RepairDeskContract(ledger.Client, Contracts.RepairDesk).FetchCaseAsync(checked((ulong)Request.Case!.Value), cancellationToken)).MaterialsHash;
        }
        catch (Exception e) when (e is LedgerException or DevnetException)
        {
            throw new LedgerStalledException($"{said} The ledger cannot be asked from here: {e.Message} Ask another node with the same command, which sends what was signed; or, when others have told you that the transaction is not on the ledger, sign again with --sign-again.");
        }

        PackageManifest manifest = packed.Package.Manifest;
        if (found == manifest.MaterialsHash)
        {
            throw new NodeAnswerException($"{said} The ledger has them. Nothing was signed. Do not trust this node: run the command with another one, or without --node.");
        }

        if (found != MaterialHash.OfAll(manifest.Sanction, manifest.Materials.SkipLast(packed.Added.Count).Select(material => material.OnLedger)))
        {
            throw new LedgerStalledException($"{said} The ledger has other materials of the case than the node shows, perhaps these among them. Nothing was signed: run the command again, and if that does not help, with another node or without --node.");
        }

        if (nonce <= before.Transaction.Nonce)
        {
            throw new LedgerStalledException($"{said} The ledger can still take it. Nothing was signed: run the command again.");
        }
    }

    private static SignedTransaction? FindSigned(KeptPackage pending) => PackageFolder.FindTransaction(pending) is not byte[] raw
        ? null
        : TransactionDecoder.TryDecode(raw, out SignedTransaction? signed, out ParseProblem? problem)
            ? signed
            : throw new WorkspaceException($"The signed transaction beside '{pending.Path}' was altered. Restore it from a backup. {problem}");

    private static RepairStepRequest WithMaterials(RepairStepRequest request, IReadOnlyList<PackageMaterial> materials) =>
        request with { Materials = [.. materials.Select(material => new RepairMaterialDigest(RuleMaterial.CodeOf(material.Kind), material.Digest.ToString()))] };
}
