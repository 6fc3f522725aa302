using System.Collections.Concurrent;
using System.Security.Cryptography;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Ingest;
using LedgerCredit.Node.Materials;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Records;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Hosting;

/// <summary>What all requests share: the workspace with its keys, the store to read, the writer of records. Thread-safe.</summary>
internal sealed class NodeContext : IAsyncDisposable
{
    private readonly Store _writing;

    // A log is never taken away again.
    private readonly ConcurrentDictionary<string, bool> _logs = new(StringComparer.Ordinal);

    private NodeContext(Workspace workspace, KeyRing keys, TimeSpan anchorEvery, PublishedCheckpoints published, TimeProvider timeProvider, RandomNumberGenerator random)
    {
        Workspace = workspace;
        AnchorEvery = anchorEvery;
        Published = published;
        TimeProvider = timeProvider;
        AccessLog = new AccessLog(timeProvider, random);
        ApiKeys = new ApiKeys(timeProvider, random);
        Grants = new AccessGrants(timeProvider, keys.OpenSubjectKey());
        Staff = workspace.Config.Staff is StaffConfig staff ? new StaffSignIn(staff, workspace, timeProvider) : null;
        Packs = workspace.LoadRulePacks();
        SubjectKey = keys.OpenSubjectKey();
        Cursors = new RecordCursor(SubjectKey);
        MaterialKey = Node.Materials.MaterialKey.Ensure(workspace, keys);
        Materials = new MaterialStore(workspace, new Node.Materials.MaterialKey(MaterialKey), (workspace.Config.Materials ?? new MaterialsConfig()).Limits, timeProvider);
        Stores = new StorePool(workspace);
        _writing = workspace.OpenStore(StoreAccess.Write);
        Writer = new RecordWriter(workspace, _writing, keys, Packs);
    }

    /// <summary>The workspace as it was when the node started, with the members and witnesses that were met since.</summary>
    internal Workspace Workspace { get; }

    /// <summary>How often the node anchors what is new; the default where it knows no contracts yet.</summary>
    internal TimeSpan AnchorEvery { get; }

    /// <summary>Which checkpoint of each log is shown.</summary>
    internal PublishedCheckpoints Published { get; }

    internal TimeProvider TimeProvider { get; }

    internal RulePackCatalog Packs { get; }

    internal AccessLog AccessLog { get; }

    internal ApiKeys ApiKeys { get; }

    internal AccessGrants Grants { get; }

    /// <summary>The network subject key: makes the pseudonyms that the ledger knows subjects by.</summary>
    internal Bytes32 SubjectKey { get; }

    /// <summary>The cursors of lists of a subject's records.</summary>
    internal RecordCursor Cursors { get; }

    /// <summary>The key of materials, for audits.</summary>
    internal Bytes32 MaterialKey { get; }

    /// <summary>The materials of repairs that are kept here.</summary>
    internal MaterialStore Materials { get; }

    /// <summary>The sign-in of staff, or null where it is not configured.</summary>
    internal StaffSignIn? Staff { get; }

    internal StorePool Stores { get; }

    internal RecordWriter Writer { get; }

    /// <summary>Opens it all, and makes the access log and the key of materials where there are none.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="anchorEvery">How often the node anchors.</param>
    /// <param name="published">Which checkpoints are shown.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="random">Where ids and keys come from.</param>
    internal static NodeContext Open(
        Workspace workspace, KeyRing keys, TimeSpan anchorEvery, PublishedCheckpoints published, TimeProvider timeProvider, RandomNumberGenerator random)
    {
        _ = Node.Access.AccessLog.Ensure(workspace, keys);
        return new NodeContext(workspace, keys, anchorEvery, published, timeProvider, random);
    }

    /// <summary>Whether an organisation's log is kept here, also one that was added since the node started.</summary>
    /// <param name="issuer">The organisation, for which the caller speaks: a file is read where its log was not met yet.</param>
    internal bool HasLog(string issuer)
    {
        if (_logs.ContainsKey(issuer))
        {
            return true;
        }

        // The configuration names a member before the store has its log.
        if (Workspace.FindMember(issuer) is null)
        {
            return false;
        }

        using Store store = Workspace.OpenStore(StoreAccess.Read);
        return store.Logs.Find(issuer) is not null && _logs.GetOrAdd(issuer, true);
    }

    /// <summary>Waits for the records that are being written.</summary>
    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        _writing.Dispose();
        Stores.Dispose();
        Staff?.Dispose();
    }
}
