using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Bench;

/// <summary>A row as it stands in a plain table.</summary>
/// <param name="Position">The key.</param>
/// <param name="Entry">The 66 bytes.</param>
/// <param name="Secret">The record's secret.</param>
/// <param name="Canonical">The record.</param>
/// <param name="Record">The same, read.</param>
/// <param name="LeafHash">The leaf hash of the entry.</param>
public sealed record PlainRow(long Position, byte[] Entry, byte[] Secret, byte[] Canonical, CreditRecord Record, Bytes32 LeafHash);

/// <summary>The plain way to keep records: one table with three secondary indexes, one prepared statement, nothing else done.</summary>
public sealed class PlainTable : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;

    /// <summary>Makes the table in a new file, in WAL mode with <c>synchronous=FULL</c> as the store has it.</summary>
    public PlainTable(string path)
    {
        SqliteConnectionStringBuilder settings = new() { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false };
        _connection = new SqliteConnection(settings.ToString());
        _connection.Open();
        using (SqliteCommand make = _connection.CreateCommand())
        {
            make.CommandText = """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                CREATE TABLE record (position INTEGER PRIMARY KEY, log INTEGER, kind INTEGER, id TEXT, subject TEXT, leaf_hash BLOB, entry BLOB, secret BLOB, record BLOB) STRICT;
                CREATE UNIQUE INDEX record_id ON record (log, kind, id);
                CREATE INDEX record_subject ON record (subject);
                CREATE INDEX record_leaf ON record (leaf_hash);
                """;
            make.ExecuteNonQuery();
        }

        _insert = _connection.CreateCommand();
        _insert.CommandText = "INSERT INTO record VALUES (@position, @log, @kind, @id, @subject, @leaf, @entry, @secret, @record)";
        foreach (string name in (string[])["@position", "@log", "@kind", "@id", "@subject", "@leaf", "@entry", "@secret", "@record"])
        {
            _insert.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        _insert.Prepare();
    }

    /// <summary>Adds rows in one transaction.</summary>
    public void Add(int log, IReadOnlyList<PlainRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using SqliteTransaction transaction = _connection.BeginTransaction();
        _insert.Transaction = transaction;
        foreach (PlainRow row in rows)
        {
            _insert.Parameters[0].Value = row.Position;
            _insert.Parameters[1].Value = log;
            _insert.Parameters[2].Value = (int)row.Record.Kind;
            _insert.Parameters[3].Value = row.Record.Id;
            _insert.Parameters[4].Value = row.Record.Subject.ToString();
            _insert.Parameters[5].Value = row.LeafHash.ToArray();
            _insert.Parameters[6].Value = row.Entry;
            _insert.Parameters[7].Value = row.Secret;
            _insert.Parameters[8].Value = row.Canonical;
            _insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }
}
