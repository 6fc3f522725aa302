using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>An entry as it stands in the store: raw bytes, to be checked by whoever relies on them.</summary>
/// <param name="Position">Where it is.</param>
/// <param name="Entry">The 66 bytes.</param>
/// <param name="Secret">The 32-byte secret, or null when erased.</param>
/// <param name="Record">The canonical record, or null when erased.</param>
public sealed record StoredEntry(LogPosition Position, byte[] Entry, byte[]? Secret, byte[]? Record)
{
    /// <summary>Whether record and secret were destroyed.</summary>
    public bool IsErased => Record is null;
}

/// <summary>Entries with their records and secrets, and the statements of erasure.</summary>
public sealed class EntryTable : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly StoreCommands _commands;
    private readonly RawStatement _insert;

    internal EntryTable(SqliteConnection connection)
    {
        _connection = connection;
        _commands = new StoreCommands(connection);
        _insert = new RawStatement(connection, "INSERT INTO entry (position, entry, secret, record) VALUES (?1, ?2, ?3, ?4)");
    }

    /// <summary>Adds an entry behind the last one of its log; the caller keeps the order.</summary>
    /// <param name="position">Where.</param>
    /// <param name="entry">The 66 bytes.</param>
    /// <param name="secret">The 32 bytes.</param>
    /// <param name="record">The canonical record.</param>
    public void Add(LogPosition position, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> record)
    {
        _insert.Bind(1, position.Key);
        _insert.Bind(2, entry);
        _insert.Bind(3, secret);
        _insert.Bind(4, record);
        _insert.Run();
    }

    /// <summary>Finds an entry.</summary>
    public StoredEntry? Find(LogPosition position)
    {
        using SqliteDataReader row = _commands.With("SELECT position, entry, secret, record FROM entry WHERE position = @0", position.Key).ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    /// <summary>All entries of a log in order; streaming.</summary>
    public IEnumerable<StoredEntry> ReadAll(int log)
    {
        (long first, long last) = LogPosition.KeysOf(log);
        using SqliteDataReader rows = _commands
            .With("SELECT position, entry, secret, record FROM entry WHERE position BETWEEN @0 AND @1 ORDER BY position", first, last)
            .ExecuteReader();
        while (rows.Read())
        {
            yield return Read(rows);
        }
    }

    /// <summary>Begins to read the entries of a log in order, many at a time.</summary>
    /// <param name="log">The log.</param>
    /// <param name="first">The index to begin at.</param>
    public EntryScan Scan(int log, ulong first) => new(_connection, log, first);

    /// <summary>The repair records of a log in order, erased ones left out; streaming, and without reading the others.</summary>
    public IEnumerable<StoredEntry> ReadRepairs(int log)
    {
        (long first, long last) = LogPosition.KeysOf(log);
        using SqliteDataReader rows = _commands
            .With(
                "SELECT position, entry, secret, record FROM entry WHERE substr(entry, 2, 1) = x'02' AND position BETWEEN @0 AND @1 AND record IS NOT NULL ORDER BY position",
                first,
                last)
            .ExecuteReader();
        while (rows.Read())
        {
            yield return Read(rows);
        }
    }

    /// <summary>The positions of a log's records in order, erased ones left out.</summary>
    public IReadOnlyList<LogPosition> ReadPositions(int log)
    {
        (long first, long last) = LogPosition.KeysOf(log);
        List<LogPosition> positions = [];
        using SqliteDataReader rows = _commands
            .With("SELECT position FROM entry WHERE position BETWEEN @0 AND @1 AND record IS NOT NULL ORDER BY position", first, last)
            .ExecuteReader();
        while (rows.Read())
        {
            positions.Add(LogPosition.FromKey(StoreRow.Integer(rows, 0)));
        }

        return positions;
    }

    /// <summary>How many entries a log has, by its last position; zero where it has none.</summary>
    public ulong Count(int log)
    {
        (long first, long last) = LogPosition.KeysOf(log);
        object? key = _commands.With("SELECT max(position) FROM entry WHERE position BETWEEN @0 AND @1", first, last).ExecuteScalar();
        return key is long position ? LogPosition.FromKey(position).LeafIndex + 1 : 0;
    }

    /// <summary>Rows that belong to no log: always 0 in a sound store.</summary>
    /// <remarks>Counts between the logs only, so that it costs nothing where there are none.</remarks>
    public long CountOutside(IReadOnlyCollection<int> logs)
    {
        long outside = 0;
        long next = long.MinValue;
        foreach (int log in logs.Order())
        {
            (long first, long last) = LogPosition.KeysOf(log);
            outside += CountBetween(next, first - 1);
            next = last + 1;
        }

        return outside + CountBetween(next, long.MaxValue);
    }

    /// <summary>Destroys record and secret and keeps the signed statement that says so.</summary>
    public void Erase(LogPosition position, ReadOnlySpan<byte> statement)
    {
        _commands.With("UPDATE entry SET secret = NULL, record = NULL WHERE position = @0", position.Key).ExecuteNonQuery();
        _commands.With("INSERT INTO erasure (position, statement) VALUES (@0, @1)", position.Key, statement.ToArray()).ExecuteNonQuery();
    }

    /// <summary>The erasure statement of an entry, or null.</summary>
    public byte[]? FindErasure(LogPosition position) =>
        _commands.With("SELECT statement FROM erasure WHERE position = @0", position.Key).ExecuteScalar() as byte[];

    /// <summary>How many erasure statements there are in all.</summary>
    public long CountErasures() => (long)_commands.With("SELECT count(*) FROM erasure").ExecuteScalar()!;

    /// <summary>All erasure statements of a log in order.</summary>
    public IReadOnlyList<(LogPosition Position, byte[] Statement)> ReadErasures(int log)
    {
        (long first, long last) = LogPosition.KeysOf(log);
        List<(LogPosition, byte[])> erasures = [];
        using SqliteDataReader rows = _commands
            .With("SELECT position, statement FROM erasure WHERE position BETWEEN @0 AND @1 ORDER BY position", first, last)
            .ExecuteReader();
        while (rows.Read())
        {
            erasures.Add((LogPosition.FromKey(StoreRow.Integer(rows, 0)), StoreRow.Blob(rows, 1)));
        }

        return erasures;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _commands.Dispose();
        _insert.Dispose();
    }

    private long CountBetween(long first, long last) =>
        (long)_commands.With("SELECT count(*) FROM entry WHERE position BETWEEN @0 AND @1", first, last).ExecuteScalar()!;

    private static StoredEntry Read(SqliteDataReader row) => new(
        LogPosition.FromKey(StoreRow.Integer(row, 0)),
        StoreRow.Blob(row, 1),
        StoreRow.OptionalBlob(row, 2),
        StoreRow.OptionalBlob(row, 3));
}
