using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Ingest;

/// <summary>The logs of a workspace, each opened with its key when it is first written to. Not thread-safe.</summary>
/// <param name="workspace">The workspace.</param>
/// <param name="store">Its store.</param>
/// <param name="keys">Its keys.</param>
internal sealed class OpenLogs(Workspace workspace, Store store, KeyRing keys) : IDisposable
{
    private readonly List<LogKey> _keys = [];

    /// <summary>Opens the log of an issuer.</summary>
    /// <exception cref="WorkspaceException">The issuer has no log here.</exception>
    public SequencedLog Open(string issuer)
    {
        StoredLog log = store.Logs.Find(issuer)
            ?? throw new WorkspaceException($"The issuer '{issuer}' has no log in '{workspace.Folder}'. Add it first: ledgercredit member add {issuer} --role authority (or --role agency for a rating agency), then import again.");
        LogKey key = keys.OpenLogKey(workspace.Config.FindMember(issuer)
            ?? throw new WorkspaceException($"'{issuer}' has a log in the store but is missing in workspace.json. Restore the configuration from a backup."));
        _keys.Add(key);
        return new SequencedLog(log, key);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LogKey key in _keys)
        {
            key.Dispose();
        }
    }
}
