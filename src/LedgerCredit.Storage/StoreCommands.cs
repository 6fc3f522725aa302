using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>Prepared statements of one table, made when first used and disposed together.</summary>
internal sealed class StoreCommands(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>The prepared statement with its parameters <c>@0</c>, <c>@1</c>, … set.</summary>
    /// <param name="sql">A constant.</param>
    /// <param name="values">Integers, strings, byte arrays or null.</param>
    public SqliteCommand With(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = Create(connection, sql);
            for (int i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = FormattableString.Invariant($"@{i}") });
            }

            _commands.Add(sql, command);
        }

        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }

    /// <summary>A statement that is run once.</summary>
    /// <param name="connection">The open connection.</param>
    /// <param name="sql">A constant of this project: values are always parameters.</param>
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The only place where SQL is set; all callers pass constants.")]
    public static SqliteCommand Create(SqliteConnection connection, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    /// <summary>Runs a statement once.</summary>
    public static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = Create(connection, sql);
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement that gives one integer.</summary>
    public static long Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = Create(connection, sql);
        return (long)command.ExecuteScalar()!;
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _commands.Values)
        {
            command.Dispose();
        }
    }
}
