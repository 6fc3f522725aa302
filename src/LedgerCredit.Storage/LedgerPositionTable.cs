using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>A block up to which all events of the ledger were read.</summary>
/// <param name="BlockNumber">Its number.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="BlockTime">Its time, in Unix seconds.</param>
public sealed record IndexPosition(ulong BlockNumber, Bytes32 BlockHash, ulong BlockTime);

/// <summary>From the ledger: up to where its events were read, and some earlier such places as ways back.</summary>
/// <remarks>The earlier ones depend on when was read and are nobody's facts; they are only asked about again.</remarks>
public sealed class LedgerPositionTable : IDisposable
{
    /// <summary>How many places are kept.</summary>
    public const int MaxKept = 64;

    private readonly StoreCommands _commands;

    internal LedgerPositionTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>The place up to which was read, or null where nothing was.</summary>
    public IndexPosition? FindLatest()
    {
        using SqliteDataReader row = _commands
            .With("SELECT block_number, block_hash, block_time FROM ledger_position ORDER BY block_number DESC LIMIT 1")
            .ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    /// <summary>All places, the newest first.</summary>
    public IReadOnlyList<IndexPosition> ReadAll()
    {
        List<IndexPosition> positions = [];
        using SqliteDataReader rows = _commands
            .With("SELECT block_number, block_hash, block_time FROM ledger_position ORDER BY block_number DESC")
            .ExecuteReader();
        while (rows.Read())
        {
            positions.Add(Read(rows));
        }

        return positions;
    }

    /// <summary>Adds a place behind all others and forgets the oldest ones beyond <see cref="MaxKept"/>.</summary>
    public void Add(IndexPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        _commands
            .With(
                "INSERT INTO ledger_position (block_number, block_hash, block_time) VALUES (@0, @1, @2)",
                checked((long)position.BlockNumber),
                position.BlockHash.ToArray(),
                checked((long)position.BlockTime))
            .ExecuteNonQuery();
        _commands
            .With(
                "DELETE FROM ledger_position WHERE block_number <= (SELECT block_number FROM ledger_position ORDER BY block_number DESC LIMIT 1 OFFSET @0)",
                (long)MaxKept)
            .ExecuteNonQuery();
    }

    /// <summary>Forgets all places after a block; all of them where there is none.</summary>
    public void RemoveAfter(ulong? blockNumber) =>
        _commands
            .With("DELETE FROM ledger_position WHERE block_number > @0", blockNumber is ulong number ? checked((long)number) : -1L)
            .ExecuteNonQuery();

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private static IndexPosition Read(SqliteDataReader row) => new(StoreRow.Size(row, 0), StoreRow.Hash(row, 1), StoreRow.Size(row, 2));
}
