using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>An event of a contract as the ledger told it: raw bytes, decoded by whoever reads them.</summary>
/// <param name="BlockNumber">The number of its block.</param>
/// <param name="LogIndex">Its position among all events of the block.</param>
/// <param name="BlockHash">The hash of its block.</param>
/// <param name="BlockTime">The time of its block, in Unix seconds.</param>
/// <param name="TransactionHash">Its transaction.</param>
/// <param name="Contract">The 20 bytes of the contract's address.</param>
/// <param name="Topics">Its topics one after the other, 32 bytes each.</param>
/// <param name="Data">The values that are not indexed.</param>
/// <param name="CaseId">The repair case that it belongs to, or null.</param>
public sealed record StoredLedgerEvent(
    ulong BlockNumber,
    ulong LogIndex,
    Bytes32 BlockHash,
    ulong BlockTime,
    Bytes32 TransactionHash,
    byte[] Contract,
    byte[] Topics,
    byte[] Data,
    ulong? CaseId);

/// <summary>From the ledger: the events of the contracts, in the ledger's order.</summary>
public sealed class LedgerEventTable : IDisposable
{
    private const string Columns = "SELECT block_number, log_index, block_hash, block_time, transaction_hash, contract, topics, data, case_id FROM ledger_event ";
    private const string LedgerOrder = " ORDER BY block_number, log_index";

    private readonly StoreCommands _commands;

    internal LedgerEventTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Keeps an event.</summary>
    public void Add(StoredLedgerEvent stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        _commands
            .With(
                """
                INSERT INTO ledger_event (block_number, log_index, block_hash, block_time, transaction_hash, contract, topics, data, case_id)
                VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8)
                """,
                checked((long)stored.BlockNumber),
                checked((long)stored.LogIndex),
                stored.BlockHash.ToArray(),
                checked((long)stored.BlockTime),
                stored.TransactionHash.ToArray(),
                stored.Contract,
                stored.Topics,
                stored.Data,
                stored.CaseId is ulong caseId ? checked((long)caseId) : null)
            .ExecuteNonQuery();
    }

    /// <summary>Forgets all events after a block; all of them where there is none.</summary>
    public void RemoveAfter(ulong? blockNumber) =>
        _commands.With("DELETE FROM ledger_event WHERE block_number > @0", LastKept(blockNumber)).ExecuteNonQuery();

    /// <summary>All events after a block, in order; all of them where there is none. Streaming.</summary>
    public IEnumerable<StoredLedgerEvent> ReadAfter(ulong? blockNumber) =>
        Stream(_commands.With(Columns + "WHERE block_number > @0" + LedgerOrder, LastKept(blockNumber)));

    /// <summary>The events of a repair case, in order.</summary>
    /// <remarks>Any number may be asked for: one that the store cannot hold has no events.</remarks>
    public IReadOnlyList<StoredLedgerEvent> ReadCase(ulong caseId) =>
        caseId > long.MaxValue ? [] : [.. Stream(_commands.With(Columns + "WHERE case_id = @0" + LedgerOrder, (long)caseId))];

    /// <summary>The events whose topics begin with these, in order.</summary>
    /// <param name="topics">At least one: the first is that of the event's form.</param>
    public IReadOnlyList<StoredLedgerEvent> ReadTopics(params ReadOnlySpan<Bytes32> topics)
    {
        ArgumentOutOfRangeException.ThrowIfZero(topics.Length, nameof(topics));
        byte[] first = new byte[topics.Length * Bytes32.Length];
        for (int i = 0; i < topics.Length; i++)
        {
            topics[i].AsSpan().CopyTo(first.AsSpan(i * Bytes32.Length));
        }

        // Blobs are compared bytewise, and no event has more topics than four: this is behind all that begin alike.
        byte[] last = new byte[(4 * Bytes32.Length) + 1];
        first.CopyTo(last, 0);
        last.AsSpan(first.Length).Fill(byte.MaxValue);
        return [.. Stream(_commands.With(Columns + "WHERE topics BETWEEN @0 AND @1" + LedgerOrder, first, last))];
    }

    /// <summary>How many events there are.</summary>
    public long Count() => (long)_commands.With("SELECT count(*) FROM ledger_event").ExecuteScalar()!;

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private static long LastKept(ulong? blockNumber) => blockNumber is ulong number ? checked((long)number) : -1;

    private static IEnumerable<StoredLedgerEvent> Stream(SqliteCommand command)
    {
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            yield return new StoredLedgerEvent(
                StoreRow.Size(rows, 0),
                StoreRow.Size(rows, 1),
                StoreRow.Hash(rows, 2),
                StoreRow.Size(rows, 3),
                StoreRow.Hash(rows, 4),
                StoreRow.Blob(rows, 5),
                StoreRow.Blob(rows, 6),
                StoreRow.Blob(rows, 7),
                StoreRow.OptionalSize(rows, 8));
        }
    }
}
