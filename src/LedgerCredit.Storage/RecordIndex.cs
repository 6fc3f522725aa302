using LedgerCredit.Evidence;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>Derived: finds records by id and by subject. Erased records are not in it.</summary>
public sealed class RecordIndex : IDisposable
{
    private readonly StoreCommands _commands;

    internal RecordIndex(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Notes where a record is.</summary>
    public void Add(LogPosition position, CreditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        _commands
            .With("INSERT INTO record_key (log, kind, id, position) VALUES (@0, @1, @2, @3)", (long)position.Log, (long)record.Kind, record.Id, position.Key)
            .ExecuteNonQuery();
        _commands
            .With("INSERT INTO record_subject (subject, position) VALUES (@0, @1)", record.Subject.ToString(), position.Key)
            .ExecuteNonQuery();
    }

    /// <summary>Forgets a record that is being erased.</summary>
    public void Remove(LogPosition position, CreditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        _commands.With("DELETE FROM record_key WHERE log = @0 AND kind = @1 AND id = @2", (long)position.Log, (long)record.Kind, record.Id).ExecuteNonQuery();
        _commands.With("DELETE FROM record_subject WHERE subject = @0 AND position = @1", record.Subject.ToString(), position.Key).ExecuteNonQuery();
    }

    /// <summary>Where the record of this log, kind and id is, or null.</summary>
    public LogPosition? Find(int log, RecordKind kind, string id) =>
        _commands.With("SELECT position FROM record_key WHERE log = @0 AND kind = @1 AND id = @2", (long)log, (long)kind, id).ExecuteScalar() is long key
            ? LogPosition.FromKey(key)
            : null;

    /// <summary>The ids of a log's records of a kind that begin with a text, in ASCII order, with where each is; streaming.</summary>
    /// <param name="log">The log.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="prefix">ASCII, not empty.</param>
    public IEnumerable<(string Id, LogPosition Position)> ReadIds(int log, RecordKind kind, string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        string after = prefix[..^1] + (char)(prefix[^1] + 1);
        using SqliteDataReader rows = _commands
            .With("SELECT id, position FROM record_key WHERE log = @0 AND kind = @1 AND id >= @2 AND id < @3 ORDER BY id", (long)log, (long)kind, prefix, after)
            .ExecuteReader();
        while (rows.Read())
        {
            yield return (StoreRow.Text(rows, 0), LogPosition.FromKey(StoreRow.Integer(rows, 1)));
        }
    }

    /// <summary>Whether a record is found under its subject.</summary>
    public bool HasSubject(string subject, LogPosition position) =>
        _commands.With("SELECT 1 FROM record_subject WHERE subject = @0 AND position = @1", subject, position.Key).ExecuteScalar() is not null;

    /// <summary>All records about a subject, by log and leaf index.</summary>
    public IReadOnlyList<LogPosition> FindBySubject(string subject)
    {
        List<LogPosition> positions = [];
        using SqliteDataReader rows = _commands.With("SELECT position FROM record_subject WHERE subject = @0 ORDER BY position", subject).ExecuteReader();
        while (rows.Read())
        {
            positions.Add(LogPosition.FromKey(StoreRow.Integer(rows, 0)));
        }

        return positions;
    }

    /// <summary>How many rows each of the two tables has; equal to the number of records that are not erased.</summary>
    public (long Keys, long Subjects) Count() => (
        (long)_commands.With("SELECT count(*) FROM record_key").ExecuteScalar()!,
        (long)_commands.With("SELECT count(*) FROM record_subject").ExecuteScalar()!);

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();
}
