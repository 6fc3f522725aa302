using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage.Tests;

/// <summary>A path for a store in an own folder, removed at the end, with SQL from outside.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ledgercredit-test-").FullName;

    internal string Path => System.IO.Path.Combine(_folder, "store.db");

    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "A test's own statements.")]
    internal void Execute(string sql)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "A test's own statements.")]
    internal long Scalar(string sql)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>All values of all rows, with spaces between.</summary>
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "A test's own statements.")]
    internal string Text(string sql)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader rows = command.ExecuteReader();
        List<string> values = [];
        while (rows.Read())
        {
            values.AddRange(Enumerable.Range(0, rows.FieldCount).Select(i => rows.GetValue(i).ToString()!));
        }

        return string.Join(' ', values);
    }

    private SqliteConnection Connect()
    {
        SqliteConnectionStringBuilder settings = new() { DataSource = Path, Pooling = false };
        SqliteConnection connection = new(settings.ToString());
        connection.Open();
        return connection;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
