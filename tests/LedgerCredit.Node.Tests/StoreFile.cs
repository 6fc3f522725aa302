using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Node.Tests;

/// <summary>The store's file in the hands of an attacker who knows SQL.</summary>
internal sealed class StoreFile : IDisposable
{
    private readonly SqliteConnection _connection;

    internal StoreFile(string path)
    {
        SqliteConnectionStringBuilder settings = new() { DataSource = path, Pooling = false };
        _connection = new SqliteConnection(settings.ToString());
        _connection.Open();
        Execute("PRAGMA synchronous = OFF");
        Execute("PRAGMA foreign_keys = OFF");
        Execute("PRAGMA ignore_check_constraints = ON");
    }

    /// <summary>Runs a statement with parameters <c>@0</c>, <c>@1</c>, …</summary>
    /// <returns>The number of rows that changed.</returns>
    internal int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = Create(sql, values);
        return command.ExecuteNonQuery();
    }

    internal T Scalar<T>(string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = Create(sql, values);
        return (T)command.ExecuteScalar()!;
    }

    /// <summary>The rows of a query as integers, texts, byte arrays and nulls.</summary>
    internal IReadOnlyList<object?[]> Query(string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = Create(sql, values);
        using SqliteDataReader reader = command.ExecuteReader();
        List<object?[]> rows = [];
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        }

        return rows;
    }

    public void Dispose() => _connection.Dispose();

    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "A test's own statements.")]
    private SqliteCommand Create(string sql, ReadOnlySpan<object?> values)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue(FormattableString.Invariant($"@{i}"), values[i] ?? DBNull.Value);
        }

        return command;
    }
}
