using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage.Indexes;

/// <summary>The indexes of a store, and what keeps them in memory equal to the file.</summary>
internal sealed class PairIndexSet : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly RawStatement _begin;
    private readonly RawStatement _commit;
    private readonly RawStatement _dataVersion;
    private readonly PairIndex _ids;
    private readonly PairIndex _subjects;
    private readonly PairIndex _leaves;
    private readonly PairIndex _superseded;
    private long? _seenVersion;

    public PairIndexSet(SqliteConnection connection)
    {
        _connection = connection;
        _begin = new RawStatement(connection, "BEGIN DEFERRED");
        _commit = new RawStatement(connection, "COMMIT");
        _dataVersion = new RawStatement(connection, "PRAGMA data_version");
        Table = new PairRunTable(connection);
        _ids = new PairIndex(IndexKind.Id, Table);
        _subjects = new PairIndex(IndexKind.Subject, Table);
        _leaves = new PairIndex(IndexKind.Leaf, Table);
        _superseded = new PairIndex(IndexKind.Superseded, Table);
    }

    /// <summary>The runs and chunks.</summary>
    public PairRunTable Table { get; }

    /// <summary>An index, to be used between <see cref="BeginUse"/> and its end.</summary>
    public PairIndex this[IndexKind kind] => kind switch
    {
        IndexKind.Id => _ids,
        IndexKind.Subject => _subjects,
        IndexKind.Leaf => _leaves,
        IndexKind.Superseded => _superseded,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Whether a transaction is open.</summary>
    public bool IsInTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0;

    /// <summary>Sees to it that all reads until the end of the use see one state of the store, and that what is in memory is of this state.</summary>
    /// <returns>To be disposed at the end; null where the caller's transaction does it.</returns>
    public IDisposable? BeginUse()
    {
        if (IsInTransaction)
        {
            Refresh();
            return null;
        }

        _begin.Run();
        try
        {
            Refresh();
            return new OwnTransaction(_commit);
        }
        catch
        {
            _commit.Run();
            throw;
        }
    }

    /// <summary>Sees to it, in a transaction, that what is in memory is of the state that the transaction sees.</summary>
    public void Refresh()
    {
        // SQLite changes this number for this connection when another one has committed something (sqlite.org/pragma.html#pragma_data_version).
        _dataVersion.Step();
        long version = _dataVersion.Integer(0);
        _dataVersion.Reset();
        if (version != _seenVersion)
        {
            _ids.Refresh();
            _subjects.Refresh();
            _leaves.Refresh();
            _superseded.Refresh();

            // Only now: where one of them could not be read, all are read again the next time.
            _seenVersion = version;
        }
    }

    /// <summary>Forgets what is in memory: a transaction that changed it was undone.</summary>
    public void Forget()
    {
        _ids.Forget();
        _subjects.Forget();
        _leaves.Forget();
        _superseded.Forget();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _dataVersion.Dispose();
        Table.Dispose();
    }

    // Ended by a commit, though nothing was written: a rollback would disturb a caller who is reading rows.
    private sealed class OwnTransaction(RawStatement commit) : IDisposable
    {
        public void Dispose() => commit.Run();
    }
}
