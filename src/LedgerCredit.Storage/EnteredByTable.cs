using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>Who entered a record, where a person or a program did through the service.</summary>
public sealed class EnteredByTable : IDisposable
{
    private readonly StoreCommands _commands;

    internal EnteredByTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Notes who entered a record; who was noted first stays.</summary>
    /// <returns>Whether nobody was noted before.</returns>
    public bool Note(LogPosition position, string caller) =>
        _commands.With("INSERT OR IGNORE INTO entered_by (position, caller) VALUES (@0, @1)", position.Key, caller).ExecuteNonQuery() > 0;

    /// <summary>Who entered a record, or null where it is not known.</summary>
    public string? Find(LogPosition position)
    {
        using SqliteDataReader row = _commands.With("SELECT caller FROM entered_by WHERE position = @0", position.Key).ExecuteReader();
        return row.Read() ? StoreRow.Text(row, 0) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();
}
