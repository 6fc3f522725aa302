using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>Up to where the steps of repair cases are in a log as records.</summary>
/// <param name="BlockNumber">The last block whose events were gone through.</param>
/// <param name="BlockHash">Its hash.</param>
public sealed record RepairProgress(ulong BlockNumber, Bytes32 BlockHash);

/// <summary>Derived: up to where the steps of repair cases are in each log as records. Losing it costs time only.</summary>
public sealed class RepairProgressTable : IDisposable
{
    private readonly StoreCommands _commands;

    internal RepairProgressTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>The progress of a log, or null where nothing was gone through.</summary>
    public RepairProgress? Find(int log)
    {
        using SqliteDataReader row = _commands.With("SELECT block_number, block_hash FROM repair_progress WHERE log = @0", (long)log).ExecuteReader();
        return row.Read() ? new RepairProgress(StoreRow.Size(row, 0), StoreRow.Hash(row, 1)) : null;
    }

    /// <summary>Writes the progress of a log.</summary>
    public void Put(int log, RepairProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        _commands
            .With(
                "INSERT OR REPLACE INTO repair_progress (log, block_number, block_hash) VALUES (@0, @1, @2)",
                (long)log,
                checked((long)progress.BlockNumber),
                progress.BlockHash.ToArray())
            .ExecuteNonQuery();
    }

    /// <summary>Forgets the progress of all logs: what is recorded already is found to be there.</summary>
    public void Clear() => _commands.With("DELETE FROM repair_progress").ExecuteNonQuery();

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();
}
