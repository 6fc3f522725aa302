using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairRecords;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>What a command of <c>repair</c> works with: workspace, keys, ledger, and the index, brought up to the newest block.</summary>
internal sealed class RepairSession : IDisposable
{
    private readonly RepairStepSender _sender;
    private readonly LedgerIndexer _indexer;
    private readonly RepairRecorder _recorder;
    private readonly TextWriter _error;

    private RepairSession(Workspace workspace, KeyRing keys, Store store, LedgerSession ledger, TextWriter error)
    {
        _error = error;
        Workspace = workspace;
        Keys = keys;
        Store = store;
        Ledger = ledger;
        Packs = workspace.LoadRulePacks();
        Desk = new RepairDeskContract(ledger.Client, ledger.Contracts.RepairDesk);
        Index = new LedgerIndexReader(store);
        LedgerFinality finality = LedgerFinality.Of(workspace.Config, TimeProvider.System);
        _indexer = new LedgerIndexer(ledger.Client, ledger.Contracts, store, finality);
        _sender = new RepairStepSender(ledger, keys, finality, TimeProvider.System);
        _recorder = new RepairRecorder(workspace, store, keys, Packs, finality);
    }

    /// <summary>The workspace.</summary>
    public Workspace Workspace { get; }

    /// <summary>Its keys.</summary>
    public KeyRing Keys { get; }

    /// <summary>Its store, open for writing.</summary>
    public Store Store { get; }

    /// <summary>The ledger.</summary>
    public LedgerSession Ledger { get; }

    /// <summary>The repair desk on it.</summary>
    public RepairDeskContract Desk { get; }

    /// <summary>What the ledger's events say of cases.</summary>
    public LedgerIndexReader Index { get; }

    /// <summary>The rule packs that are known here.</summary>
    public RulePackCatalog Packs { get; }

    /// <summary>The newest block that the index has read; its time is now, for all who look at cases.</summary>
    public IndexPosition Position { get; private set; } = null!;

    /// <summary>What the last step added to the logs of members here.</summary>
    public IReadOnlyList<RecordedStep> Recorded { get; private set; } = [];

    /// <summary>Opens everything and reads the ledger up to its newest block.</summary>
    public static async Task<RepairSession> OpenAsync(ParseResult result, CancellationToken cancellationToken)
    {
        Workspace workspace = result.OpenWorkspace();
        LedgerSession ledger = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
        Store? store = null;
        try
        {
            store = workspace.OpenStore(StoreAccess.Write);
            RepairSession session = new(workspace, result.OpenKeys(workspace), store, ledger, result.InvocationConfiguration.Error);
            await session.CatchUpAsync(cancellationToken);
            return session;
        }
        catch
        {
            store?.Dispose();
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>Reads the ledger up to its newest block.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken) => Position = await _indexer.CatchUpAsync(cancellationToken);

    /// <summary>The account that acts for an authority: the one that is named, else that of the authority itself if it is here.</summary>
    /// <param name="name">The name that somebody gave, or null.</param>
    /// <param name="authority">The organisation whose sanction it is.</param>
    /// <exception cref="WorkspaceException">There is none, or more than one.</exception>
    public ActingAccount FindAuthority(string? name, Bytes32 authority) => ActingAccount.Find(
        Workspace.Config,
        name ?? Workspace.Config.Members.FirstOrDefault(member => ConsortiumContract.OrganisationId(member.Slug) == authority)?.Slug,
        ConsortiumRole.Authority);

    /// <summary>Takes a step at the desk, waits until it is final, and reads the ledger up to it, and records it.</summary>
    /// <param name="account">Who takes it.</param>
    /// <param name="callData">From one of the methods <c>RepairDeskContract.Encode…</c>.</param>
    /// <param name="words">How a refusal is told.</param>
    /// <param name="cancellationToken">Cancels waiting; the step may happen all the same.</param>
    /// <exception cref="InputException">The rules do not allow the step, to this account or now. Nothing was sent.</exception>
    public async Task<RepairStepResult> TakeAsync(
        ActingAccount account, ReadOnlyMemory<byte> callData, RefusalWords words, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(words);
        try
        {
            return await TakeAsync(account, callData, cancellationToken);
        }
        catch (ContractRevertException e)
        {
            if (await words.ExplainAsync(this, account, e, cancellationToken) is InputException explanation)
            {
                throw explanation;
            }

            throw;
        }
    }

    /// <summary>The same, for callers that have something to do when the step is refused.</summary>
    /// <exception cref="ContractRevertException">The desk refuses the step. Nothing was sent.</exception>
    public async Task<RepairStepResult> TakeAsync(ActingAccount account, ReadOnlyMemory<byte> callData, CancellationToken cancellationToken)
    {
        RepairStepResult step = await _sender.TakeAsync(account, callData, cancellationToken);
        try
        {
            // The step is on the ledger. A crash before these lines are through leaves reading and recording it to the next
            // step of anyone here, or to the node.
            await CatchUpAsync(cancellationToken);
            Record(cancellationToken);
        }
        catch
        {
            _error.WriteLine($"The step is on the ledger: transaction {step.TransactionHash} in block {step.Block}. Do not take it again; what failed is the work after it:");
            throw;
        }

        return step;
    }

    /// <summary>Records the steps that are final and in no log here yet, as after a command that was stopped.</summary>
    public void Record(CancellationToken cancellationToken) => Recorded = _recorder.Record(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Store.Dispose();
        Ledger.Dispose();
    }
}
