using System.Security.Cryptography;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Import;
using LedgerCredit.Node.Ingest;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Bench;

/// <summary>A workspace that is made for a bench and deleted with it.</summary>
public sealed class BenchWorkspace : IAsyncDisposable
{
    private const string Network = "bench.ledgercredit";
    private const ulong ChainId = 31700;
    private const int FileBuffer = 1 << 20;

    private readonly string _folder;
    private bool _hasDevnet;

    private BenchWorkspace(string folder, Workspace workspace)
    {
        _folder = folder;
        Workspace = workspace;
        Keys = new KeyRing(workspace, new NoPassword());
    }

    /// <summary>The workspace.</summary>
    public Workspace Workspace { get; }

    /// <summary>The folder that the workspace and what goes with it lie in.</summary>
    public string Folder => _folder;

    /// <summary>Its keys, which are not protected.</summary>
    public KeyRing Keys { get; }

    /// <summary>Makes a workspace with the two members of <see cref="SyntheticRecords"/>.</summary>
    /// <param name="parent">An existing folder.</param>
    public static BenchWorkspace Create(string parent)
    {
        string folder = NewFolder(parent);
        WorkspaceConfig config = new(Network, new LedgerConfig(LedgerKind.Devnet, null, ChainId, Contracts: null, Consensus: null), []);
        Workspace workspace = Workspace.Create(Path.Combine(folder, "workspace"), config, made => new KeyRing(made, new NoPassword()).CreateSubjectKey());
        BenchWorkspace made = new(folder, workspace);
        MemberRegistry members = new(workspace, made.Keys);
        members.AddLocal(SyntheticRecords.Authority, [ConsortiumRole.Authority]);
        members.AddLocal(SyntheticRecords.Agency, [ConsortiumRole.Agency]);
        return made;
    }

    /// <summary>Makes an empty folder with a name that no other bench has.</summary>
    public static string NewFolder(string parent) =>
        Directory.CreateDirectory(Path.Combine(parent, "ledgercredit-bench-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)))).FullName;

    /// <summary>Starts the devnet and puts contracts, members and rule packs on it.</summary>
    public async Task StartLedgerAsync(CancellationToken cancellationToken)
    {
        _hasDevnet = true;
        await new Devnet(Workspace).StartAsync(cancellationToken);
        using LedgerSession session = await ConnectAsync(cancellationToken);
        await new ContractDeployment(Workspace, Keys).DeployAsync(session, TimeProvider.System, cancellationToken);
        foreach (MemberConfig member in Workspace.Config.Members)
        {
            await RegisterAsync(member, cancellationToken);
        }
    }

    /// <summary>Puts a member on the ledger.</summary>
    public async Task RegisterAsync(MemberConfig member, CancellationToken cancellationToken)
    {
        using LedgerSession session = await ConnectAsync(cancellationToken);
        await new MemberRegistry(Workspace, Keys).RegisterAllAsync(session, member, TimeProvider.System, cancellationToken);
    }

    /// <summary>Connects to the devnet.</summary>
    public Task<LedgerSession> ConnectAsync(CancellationToken cancellationToken) =>
        LedgerSession.ConnectAsync(Workspace, rpcUrl: null, TimeProvider.System, cancellationToken);

    /// <summary>Imports a file as <c>record import</c> does.</summary>
    /// <exception cref="InvalidOperationException">Not every row became a record.</exception>
    public void Import(string path, long records, CancellationToken cancellationToken)
    {
        ImportOptions options = new() { RulePacks = Workspace.LoadRulePacks(), Rules = Workspace.Config.Rules };
        if (!RecordImport.TryCreate(ImportFormat.Ndjson, options, out RecordImport? import, out ParseProblem? problem))
        {
            throw new InvalidOperationException($"The import could not begin: {problem}");
        }

        using Store store = Workspace.OpenStore(StoreAccess.Write);
        using RecordIngest ingest = new(Workspace, store, Keys, options.RulePacks);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileBuffer);
        IngestSummary summary = ingest.Ingest(import.ReadBatches(file), new RefusalListener(), cancellationToken);
        if (summary.Imported != records)
        {
            throw new InvalidOperationException($"Expected {records} records to be imported, found {summary.Imported}, {summary.Rejected} rejected.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_hasDevnet)
        {
            await new Devnet(Workspace).StopAsync(CancellationToken.None);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private sealed class NoPassword : IPasswordSource
    {
        public string GetPassword(bool isNew) => throw new InvalidOperationException("The keys of a workspace on the devnet have no password.");
    }

    private sealed class RefusalListener : IIngestListener
    {
        public void OnRejected(RowPlace row, RejectReason reason) => throw new InvalidOperationException($"Row {row.RowNumber} of the bench's own file was rejected: {reason.Message}");

        public void OnAcknowledged(RowPlace row, AppendResult result, RecordAcknowledgement acknowledgement)
        {
        }

        public void OnWarning(RowPlace row, string message)
        {
        }
    }
}
