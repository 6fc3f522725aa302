using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Bench;

/// <summary>A workspace with synthetic records that are anchored on its devnet: what proving, verifying and auditing begin with.</summary>
public sealed class AnchoredRecords : IAsyncDisposable
{
    private readonly BenchWorkspace _workspace;

    private AnchoredRecords(string parent)
    {
        _workspace = BenchWorkspace.Create(parent);
        SubjectKey = _workspace.Keys.OpenSubjectKey();
        RulePacks = _workspace.Workspace.LoadRulePacks();
    }

    /// <summary>The workspace.</summary>
    public BenchWorkspace Workspace => _workspace;

    /// <summary>Its subject key.</summary>
    public Bytes32 SubjectKey { get; }

    /// <summary>Its rule packs.</summary>
    public RulePackCatalog RulePacks { get; }

    /// <summary>How long the import took.</summary>
    public TimeSpan ImportTime { get; private set; }

    /// <summary>How much time of processors it took.</summary>
    public TimeSpan ImportProcessorTime { get; private set; }

    /// <summary>Imports records, starts a devnet and anchors them.</summary>
    /// <param name="records">How many.</param>
    /// <param name="parent">Where to make the workspace.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public static async Task<AnchoredRecords> CreateAsync(int records, string parent, CancellationToken cancellationToken)
    {
        AnchoredRecords made = new(parent);
        BenchWorkspace workspace = made.Workspace;
        try
        {
            string input = Path.Combine(workspace.Folder, "records.ndjson");
            using (FileStream output = File.Create(input, 1 << 20))
            {
                SyntheticRecords.Write(output, 0, records, cancellationToken);
            }

            TimeSpan processorTime = Environment.CpuUsage.TotalTime;
            long started = TimeProvider.System.GetTimestamp();
            workspace.Import(input, records, cancellationToken);
            made.ImportTime = TimeProvider.System.GetElapsedTime(started);
            made.ImportProcessorTime = Environment.CpuUsage.TotalTime - processorTime;
            File.Delete(input);
            await workspace.StartLedgerAsync(cancellationToken);
            await made.AnchorAsync(cancellationToken);
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>Positions of so many records, spread over the authority's log.</summary>
    /// <exception cref="InvalidOperationException">It holds fewer.</exception>
    public static (StoredLog Log, IReadOnlyList<LogPosition> Positions) Sample(Store store, int count)
    {
        ArgumentNullException.ThrowIfNull(store);
        StoredLog log = store.Logs.Find(SyntheticRecords.Authority)!;
        ulong size = store.Entries.Count(log.Number);
        return size >= (ulong)count
            ? (log, [.. Enumerable.Range(0, count).Select(i => new LogPosition(log.Number, size * (ulong)i / (ulong)count))])
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The log holds {size} records, fewer than the {count} to sample."));
    }

    /// <summary>A builder of evidence files that has built none yet.</summary>
    public EvidenceBuilder NewBuilder(Store store) => new(_workspace.Workspace, store, RulePacks, SubjectKey);

    /// <summary>The trust policy of this workspace's evidence.</summary>
    public TrustPolicy BuildTrust(Store store) => TrustBuilder.Build(_workspace.Workspace, store, RulePacks);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    private async Task AnchorAsync(CancellationToken cancellationToken)
    {
        using LedgerSession session = await _workspace.ConnectAsync(cancellationToken);
        using Store store = _workspace.Workspace.OpenStore(StoreAccess.Write);
        Anchorer anchorer = new(session, store, LedgerFinality.Of(_workspace.Workspace.Config, TimeProvider.System), TimeProvider.System);
        foreach (StoredLog log in store.Logs.ReadAll())
        {
            using Secp256k1Key account = _workspace.Keys.OpenAccount(log.Issuer);
            await anchorer.AnchorAsync(log, account, wait: true, cancellationToken);
        }
    }
}
