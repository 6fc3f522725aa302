using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>Every checkpoint that was signed, as its note.</summary>
public sealed class CheckpointTable : IDisposable
{
    private readonly StoreCommands _commands;

    internal CheckpointTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Keeps a signed checkpoint.</summary>
    public void Add(int log, ulong treeSize, ReadOnlySpan<byte> note) =>
        _commands.With("INSERT INTO checkpoint (log, tree_size, note) VALUES (@0, @1, @2)", (long)log, checked((long)treeSize), note.ToArray()).ExecuteNonQuery();

    /// <summary>The newest checkpoint of a log, or null.</summary>
    public (ulong TreeSize, byte[] Note)? FindLatest(int log)
    {
        using SqliteDataReader row = _commands
            .With("SELECT tree_size, note FROM checkpoint WHERE log = @0 ORDER BY tree_size DESC LIMIT 1", (long)log)
            .ExecuteReader();
        return row.Read() ? (StoreRow.Size(row, 0), StoreRow.Blob(row, 1)) : null;
    }

    /// <summary>The checkpoint at a size, or null.</summary>
    public byte[]? Find(int log, ulong treeSize) =>
        _commands.With("SELECT note FROM checkpoint WHERE log = @0 AND tree_size = @1", (long)log, checked((long)treeSize)).ExecuteScalar() as byte[];

    /// <summary>The first checkpoint that covers a leaf: the one its acknowledgement carried. Null where there is none.</summary>
    public (ulong TreeSize, byte[] Note)? FindCovering(int log, ulong leafIndex)
    {
        using SqliteDataReader row = _commands
            .With("SELECT tree_size, note FROM checkpoint WHERE log = @0 AND tree_size > @1 ORDER BY tree_size LIMIT 1", (long)log, checked((long)leafIndex))
            .ExecuteReader();
        return row.Read() ? (StoreRow.Size(row, 0), StoreRow.Blob(row, 1)) : null;
    }

    /// <summary>All checkpoints of a log by size; streaming.</summary>
    public IEnumerable<(long TreeSize, byte[] Note)> ReadAll(int log)
    {
        using SqliteDataReader rows = _commands.With("SELECT tree_size, note FROM checkpoint WHERE log = @0 ORDER BY tree_size", (long)log).ExecuteReader();
        while (rows.Read())
        {
            yield return (StoreRow.Integer(rows, 0), StoreRow.Blob(rows, 1));
        }
    }

    /// <summary>How many checkpoints there are in all.</summary>
    public long Count() => (long)_commands.With("SELECT count(*) FROM checkpoint").ExecuteScalar()!;

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();
}
