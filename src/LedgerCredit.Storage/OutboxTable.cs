using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>How far the events of the ledger were gone through for an endpoint.</summary>
/// <param name="FirstBlock">The first block whose events it is told of.</param>
/// <param name="LastBlock">The last block with events that was gone through, or null where none was.</param>
/// <param name="LastBlockHash">Its hash; null together with <paramref name="LastBlock"/>.</param>
public sealed record OutboxProgress(ulong FirstBlock, ulong? LastBlock, Bytes32? LastBlockHash);

/// <summary>A message that an endpoint has not taken yet. Times in Unix milliseconds by this machine's clock.</summary>
/// <param name="Number">Its number here.</param>
/// <param name="EventId">The id of the event.</param>
/// <param name="Endpoint">The endpoint's name.</param>
/// <param name="Body">The bytes that are sent, each time the same.</param>
/// <param name="CreatedAt">When it was put here.</param>
/// <param name="Attempts">How many attempts have failed.</param>
/// <param name="NextAttemptAt">When it is tried next.</param>
/// <param name="Problem">Why the last attempt failed, or null.</param>
public sealed record PendingMessage(
    long Number, string EventId, string Endpoint, byte[] Body, long CreatedAt, int Attempts, long NextAttemptAt, string? Problem);

/// <summary>What supervisory endpoints are to be told, and were told.</summary>
/// <remarks>
/// The row of a message stays when it is delivered, without the body, so that reading the ledger again does not send it again.
/// </remarks>
public sealed class OutboxTable : IDisposable
{
    private const string Columns = "SELECT number, event_id, endpoint, body, created_at, attempts, next_attempt_at, problem FROM outbox ";

    // The number of a message that was removed while it was sent may be another one's by now.
    private const string Same = " WHERE number = @0 AND endpoint = @1 AND event_id = @2 AND delivered_at IS NULL";

    private readonly StoreCommands _commands;

    internal OutboxTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>How far an endpoint's events were gone through, or null for one that is not known.</summary>
    public OutboxProgress? FindProgress(string endpoint)
    {
        using SqliteDataReader row = _commands
            .With("SELECT first_block, block_number, block_hash FROM outbox_endpoint WHERE name = @0", endpoint)
            .ExecuteReader();
        if (!row.Read())
        {
            return null;
        }

        ulong? block = StoreRow.OptionalSize(row, 1);
        return new OutboxProgress(StoreRow.Size(row, 0), block, block is null ? null : StoreRow.Hash(row, 2));
    }

    /// <summary>Notes how far an endpoint's events were gone through.</summary>
    public void PutProgress(string endpoint, OutboxProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        _commands
            .With(
                "INSERT OR REPLACE INTO outbox_endpoint (name, first_block, block_number, block_hash) VALUES (@0, @1, @2, @3)",
                endpoint,
                checked((long)progress.FirstBlock),
                progress.LastBlock is ulong block ? checked((long)block) : null,
                progress.LastBlockHash?.ToArray())
            .ExecuteNonQuery();
    }

    /// <summary>
    /// Forgets how far the events were gone through for all endpoints, and what they were not told yet: each is told from its first block on again, of what
    /// it was not told.
    /// </summary>
    public void ClearProgress()
    {
        _commands.With("UPDATE outbox_endpoint SET block_number = NULL, block_hash = NULL").ExecuteNonQuery();
        _commands.With("DELETE FROM outbox WHERE delivered_at IS NULL").ExecuteNonQuery();
    }

    /// <summary>Forgets an endpoint, and what it was not told yet.</summary>
    /// <returns>How many messages it was not told.</returns>
    public int RemoveEndpoint(string endpoint)
    {
        _commands.With("DELETE FROM outbox_endpoint WHERE name = @0", endpoint).ExecuteNonQuery();
        return RemovePending(endpoint);
    }

    /// <summary>Forgets what an endpoint was not told yet.</summary>
    /// <returns>How many messages that were.</returns>
    public int RemovePending(string endpoint) =>
        _commands.With("DELETE FROM outbox WHERE endpoint = @0 AND delivered_at IS NULL", endpoint).ExecuteNonQuery();

    /// <summary>Puts a message here, due at once, unless the endpoint has or had it.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Add(string eventId, string endpoint, byte[] body, long createdAt) =>
        _commands
            .With(
                "INSERT OR IGNORE INTO outbox (event_id, endpoint, body, created_at, next_attempt_at) VALUES (@0, @1, @2, @3, @3)",
                eventId,
                endpoint,
                body,
                createdAt)
            .ExecuteNonQuery() > 0;

    /// <summary>The messages of an endpoint that are due, the longest due first.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="now">The time now.</param>
    /// <param name="latest">
    /// Attempts later than this were planned by a clock that has been set back since; they are due as well.
    /// </param>
    /// <param name="limit">The most that are read.</param>
    public IReadOnlyList<PendingMessage> ReadDue(string endpoint, long now, long latest, int limit)
    {
        using SqliteDataReader rows = _commands
            .With(
                Columns + "WHERE endpoint = @0 AND delivered_at IS NULL AND (next_attempt_at <= @1 OR next_attempt_at > @2) ORDER BY next_attempt_at, number LIMIT @3",
                endpoint,
                now,
                latest,
                (long)limit)
            .ExecuteReader();
        return ReadMessages(rows);
    }

    /// <summary>All messages that were not taken yet, oldest first.</summary>
    public IReadOnlyList<PendingMessage> ReadPending()
    {
        using SqliteDataReader rows = _commands.With(Columns + "WHERE delivered_at IS NULL ORDER BY number").ExecuteReader();
        return ReadMessages(rows);
    }

    /// <summary>How many messages an endpoint has not taken yet.</summary>
    public long CountPending(string endpoint) =>
        (long)_commands.With("SELECT count(*) FROM outbox WHERE endpoint = @0 AND delivered_at IS NULL", endpoint).ExecuteScalar()!;

    /// <summary>How many messages an endpoint has taken.</summary>
    public long CountDelivered(string endpoint) =>
        (long)_commands.With("SELECT count(*) FROM outbox WHERE endpoint = @0 AND delivered_at IS NOT NULL", endpoint).ExecuteScalar()!;

    /// <summary>Notes that a message was taken. Changes nothing where it was removed since.</summary>
    public void MarkDelivered(PendingMessage message, long deliveredAt)
    {
        ArgumentNullException.ThrowIfNull(message);
        _commands
            .With(
                "UPDATE outbox SET delivered_at = @3, body = NULL, problem = NULL" + Same,
                message.Number,
                message.Endpoint,
                message.EventId,
                deliveredAt)
            .ExecuteNonQuery();
    }

    /// <summary>Notes that an attempt failed, and when the next one is. Changes nothing where the message was removed since.</summary>
    public void MarkFailed(PendingMessage message, string problem, long nextAttemptAt)
    {
        ArgumentNullException.ThrowIfNull(message);
        _commands
            .With(
                "UPDATE outbox SET attempts = attempts + 1, problem = @3, next_attempt_at = @4" + Same,
                message.Number,
                message.Endpoint,
                message.EventId,
                problem,
                nextAttemptAt)
            .ExecuteNonQuery();
    }

    /// <summary>Makes everything that was not taken yet due.</summary>
    /// <returns>How many messages that are.</returns>
    public int MakeAllDue(long now) =>
        _commands.With("UPDATE outbox SET next_attempt_at = @0 WHERE delivered_at IS NULL", now).ExecuteNonQuery();

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private static List<PendingMessage> ReadMessages(SqliteDataReader rows)
    {
        List<PendingMessage> messages = [];
        while (rows.Read())
        {
            messages.Add(new PendingMessage(
                StoreRow.Integer(rows, 0),
                StoreRow.Text(rows, 1),
                StoreRow.Text(rows, 2),
                StoreRow.Blob(rows, 3),
                StoreRow.Integer(rows, 4),
                (int)Math.Min(StoreRow.Size(rows, 5), int.MaxValue),
                StoreRow.Integer(rows, 6),
                StoreRow.OptionalText(rows, 7)));
        }

        return messages;
    }
}
