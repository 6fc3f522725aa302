using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Keeping;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Tests.LedgerIndex;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.Keeping;

/// <summary>A repair scene with a workspace that follows it, and a keeper.</summary>
internal sealed class KeeperScene : IAsyncDisposable
{
    private readonly Secp256k1Key _key;
    private LedgerSession _session = null!;

    private KeeperScene(RepairScene scene)
    {
        Scene = scene;
        Workspace = TestWorkspace.Create();
        Workspace.Workspace.EditConfig(config => config with { Ledger = config.Ledger with { Contracts = scene.Contracts } });
        Workspace.Keys.CreateAccount(KeyRing.KeeperName);
        _key = Workspace.Keys.OpenAccount(KeyRing.KeeperName);
        Store = Workspace.OpenStore();
    }

    internal RepairScene Scene { get; }

    internal TestWorkspace Workspace { get; }

    internal Store Store { get; }

    internal LedgerIndexReader Index => new(Store);

    internal Keeper Keeper { get; private set; } = null!;

    /// <summary>The account of the keeper.</summary>
    internal Address Account => Address.FromPublicKey(_key.PublicKey);

    internal static async Task<KeeperScene> StartAsync(CancellationToken cancellationToken)
    {
        KeeperScene made = new(await RepairScene.StartAsync(cancellationToken));
        made._session = await LedgerSession.ConnectAsync(made.Workspace.Workspace, made.Scene.Ledger.Url, TimeProvider.System, cancellationToken);
        made.RestartKeeper();
        return made;
    }

    /// <summary>A keeper that knows nothing but the store, as after a crash.</summary>
    internal void RestartKeeper() => Keeper = new Keeper(_session, Store, _key, TimeProvider.System);

    /// <summary>Follows the ledger and does what is due.</summary>
    internal async Task<IReadOnlyList<KeeperAct>> RunAsync(CancellationToken cancellationToken)
    {
        await Scene.IndexerOf(Store).CatchUpAsync(cancellationToken);
        List<KeeperAct> acts = [];
        await Keeper.RunAsync(acts.Add, cancellationToken);
        return acts;
    }

    /// <summary>Opens a case and puts all facts on the ledger, so that only time is missing.</summary>
    /// <returns>When the objection window is over.</returns>
    internal async Task<ulong> PutFactsAsync(int sanction, ulong caseId, CancellationToken cancellationToken)
    {
        await Scene.ActAsync("enterprise.one", Scene.Open(sanction, 1, 2), cancellationToken);
        await Scene.ActAsync("authority.one", RepairDeskContract.EncodeConfirm(caseId, true, Sha256.Hash("statement"u8)), cancellationToken);
        await Scene.ActAsync("reviewer-a.one", await Scene.ApproveAsync(caseId, cancellationToken), cancellationToken);
        await Scene.ActAsync("reviewer-b.one", await Scene.ApproveAsync(caseId, cancellationToken), cancellationToken);
        return (await Scene.Desk.FetchCaseAsync(caseId, cancellationToken)).ObjectionsUntil;
    }

    /// <summary>The number of transactions that the keeper has sent.</summary>
    internal Task<ulong> CountSentAsync(CancellationToken cancellationToken) =>
        Scene.Client.FetchTransactionCountAsync(Account, Ethereum.Rpc.BlockReference.Latest, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Store.Dispose();
        _session.Dispose();
        _key.Dispose();
        Workspace.Dispose();
        await Scene.DisposeAsync();
    }
}
