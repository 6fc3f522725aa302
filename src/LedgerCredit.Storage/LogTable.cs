using LedgerCredit.Log;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>A log of this store.</summary>
/// <param name="Number">Its number here, from 1.</param>
/// <param name="Issuer">The member's slug.</param>
/// <param name="Origin">The origin line of its checkpoints.</param>
/// <param name="VerifierKey">The note verifier key.</param>
public sealed record StoredLog(int Number, string Issuer, string Origin, string VerifierKey);

/// <summary>The logs of a store.</summary>
public sealed class LogTable : IDisposable
{
    private readonly StoreCommands _commands;

    internal LogTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Adds a log.</summary>
    public StoredLog Add(string issuer, string origin, string verifierKey)
    {
        long number = (long)_commands
            .With("INSERT INTO log (issuer, origin, verifier_key) VALUES (@0, @1, @2) RETURNING number", issuer, origin, verifierKey)
            .ExecuteScalar()!;
        return new StoredLog(checked((int)number), issuer, origin, verifierKey);
    }

    /// <summary>All logs by number.</summary>
    public IReadOnlyList<StoredLog> ReadAll()
    {
        List<StoredLog> logs = [];
        using SqliteDataReader rows = _commands.With("SELECT number, issuer, origin, verifier_key FROM log ORDER BY number").ExecuteReader();
        while (rows.Read())
        {
            logs.Add(new StoredLog(ReadNumber(rows), StoreRow.Text(rows, 1), StoreRow.Text(rows, 2), StoreRow.Text(rows, 3)));
        }

        return logs;
    }

    /// <summary>The log of an issuer, or null.</summary>
    public StoredLog? Find(string issuer) => ReadAll().FirstOrDefault(log => log.Issuer == issuer);

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private static int ReadNumber(SqliteDataReader row)
    {
        long number = StoreRow.Integer(row, 0);
        return LogPosition.IsLogNumber(number)
            ? (int)number
            : throw new LogIntegrityException($"The store has a log of the number {number}, which no log can have. Run 'ledgercredit log audit' and restore a backup.");
    }
}
