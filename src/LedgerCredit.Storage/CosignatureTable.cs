using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>A signature line by which a witness cosigned a checkpoint.</summary>
/// <param name="TreeSize">The size of the checkpoint.</param>
/// <param name="Witness">The witness's verifier key as text, by which the line can be checked without anything else.</param>
/// <param name="Line">The line as UTF-8, with its newline.</param>
public sealed record StoredCosignature(ulong TreeSize, string Witness, byte[] Line);

/// <summary>What witnesses said of checkpoints.</summary>
/// <remarks>Not trusted when it is read: each line is checked against the checkpoint by the key beside it before it is used.</remarks>
public sealed class CosignatureTable : IDisposable
{
    private readonly StoreCommands _commands;

    internal CosignatureTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Keeps a cosignature, in place of an earlier one of the same witness for the same checkpoint.</summary>
    public void Keep(int log, StoredCosignature cosignature)
    {
        ArgumentNullException.ThrowIfNull(cosignature);
        _commands
            .With(
                "INSERT INTO cosignature (log, tree_size, witness, line) VALUES (@0, @1, @2, @3) ON CONFLICT (log, tree_size, witness) DO UPDATE SET line = excluded.line",
                (long)log,
                checked((long)cosignature.TreeSize),
                cosignature.Witness,
                cosignature.Line)
            .ExecuteNonQuery();
    }

    /// <summary>The cosignatures of a checkpoint, by witness.</summary>
    public IReadOnlyList<StoredCosignature> ReadAll(int log, ulong treeSize) => Read(_commands
        .With("SELECT tree_size, witness, line FROM cosignature WHERE log = @0 AND tree_size = @1 ORDER BY witness", (long)log, checked((long)treeSize)));

    /// <summary>All cosignatures of a log, by size and witness.</summary>
    public IReadOnlyList<StoredCosignature> ReadAll(int log) => Read(_commands
        .With("SELECT tree_size, witness, line FROM cosignature WHERE log = @0 ORDER BY tree_size, witness", (long)log));

    /// <summary>The largest checkpoint of a log that a witness cosigned, or null.</summary>
    public ulong? FindLatestSize(int log, string witness)
    {
        using SqliteDataReader row = _commands
            .With("SELECT tree_size FROM cosignature WHERE log = @0 AND witness = @1 ORDER BY tree_size DESC LIMIT 1", (long)log, witness)
            .ExecuteReader();
        return row.Read() ? StoreRow.Size(row, 0) : null;
    }

    /// <summary>The sizes of the checkpoints of a log that anybody cosigned, largest first.</summary>
    public IReadOnlyList<ulong> ReadSizes(int log)
    {
        List<ulong> sizes = [];
        using SqliteDataReader rows = _commands.With("SELECT DISTINCT tree_size FROM cosignature WHERE log = @0 ORDER BY tree_size DESC", (long)log).ExecuteReader();
        while (rows.Read())
        {
            sizes.Add(StoreRow.Size(rows, 0));
        }

        return sizes;
    }

    /// <summary>Sizes of the checkpoints of a log that anybody cosigned, smallest first.</summary>
    /// <param name="log">The log.</param>
    /// <param name="after">The size behind which to begin.</param>
    /// <param name="limit">The most to read.</param>
    public IReadOnlyList<ulong> ReadSizes(int log, ulong after, int limit)
    {
        List<ulong> sizes = [];
        using SqliteDataReader rows = _commands
            .With("SELECT DISTINCT tree_size FROM cosignature WHERE log = @0 AND tree_size > @1 ORDER BY tree_size LIMIT @2", (long)log, checked((long)after), (long)limit)
            .ExecuteReader();
        while (rows.Read())
        {
            sizes.Add(StoreRow.Size(rows, 0));
        }

        return sizes;
    }

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private static List<StoredCosignature> Read(SqliteCommand command)
    {
        List<StoredCosignature> cosignatures = [];
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            cosignatures.Add(new StoredCosignature(StoreRow.Size(rows, 0), StoreRow.Text(rows, 1), StoreRow.Blob(rows, 2)));
        }

        return cosignatures;
    }
}
