using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>A transaction; undone when disposed before <see cref="Commit"/>.</summary>
/// <remarks>By plain statements rather than the library's transaction object, which prepared statements cannot outlive.</remarks>
public sealed class StoreTransaction : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Action? _undone;
    private bool _isOpen;

    internal StoreTransaction(SqliteConnection connection, string begin, Action? undone)
    {
        _connection = connection;
        _undone = undone;
        Run(begin);
        _isOpen = true;
    }

    /// <summary>Makes everything written in it durable: when this returns, it survives power loss.</summary>
    public void Commit()
    {
        Run("COMMIT");
        _isOpen = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isOpen)
        {
            return;
        }

        _isOpen = false;
        _undone?.Invoke();

        // After some errors, such as a full disk, SQLite has undone the transaction already.
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
        {
            Run("ROLLBACK");
        }
    }

    private void Run(string sql)
    {
        using SqliteCommand command = StoreCommands.Create(_connection, sql);
        command.ExecuteNonQuery();
    }
}
