using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>A key that a program calls with, as it is kept: without its text. Times in Unix seconds.</summary>
/// <param name="Number">Its number here, from 1; never given again.</param>
/// <param name="Hash">The SHA-256 of its text.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Member">The slug of the member that it speaks for.</param>
/// <param name="Scopes">What it may be used for, separated by commas.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it is refused, or null.</param>
/// <param name="RevokedAt">When it was revoked, or null.</param>
/// <param name="LastUsedAt">When it was last used, to about a minute, or null where it never was.</param>
public sealed record StoredApiKey(
    long Number, Bytes32 Hash, string Name, string Member, string Scopes, ulong CreatedAt, ulong? ExpiresAt, ulong? RevokedAt, ulong? LastUsedAt);

/// <summary>The keys that programs call with. Rows stay when keys are revoked, so that a number names one key for ever.</summary>
public sealed class ApiKeyTable : IDisposable
{
    private const string Columns = "SELECT number, hash, name, member, scopes, created_at, expires_at, revoked_at, last_used_at FROM api_key ";

    private readonly StoreCommands _commands;

    internal ApiKeyTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>The number of the next key; true only inside the write transaction that adds it.</summary>
    public long NextNumber() => (long)_commands.With("SELECT coalesce(max(number), 0) + 1 FROM api_key").ExecuteScalar()!;

    /// <summary>Adds a key.</summary>
    public void Add(StoredApiKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        _commands
            .With(
                """
                INSERT INTO api_key (number, hash, name, member, scopes, created_at, expires_at, revoked_at, last_used_at)
                VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8)
                """,
                key.Number,
                key.Hash.ToArray(),
                key.Name,
                key.Member,
                key.Scopes,
                checked((long)key.CreatedAt),
                key.ExpiresAt is ulong expiresAt ? checked((long)expiresAt) : null,
                key.RevokedAt is ulong revokedAt ? checked((long)revokedAt) : null,
                key.LastUsedAt is ulong lastUsedAt ? checked((long)lastUsedAt) : null)
            .ExecuteNonQuery();
    }

    /// <summary>A key, or null where there is none of this number.</summary>
    public StoredApiKey? Find(long number)
    {
        using SqliteDataReader row = _commands.With(Columns + "WHERE number = @0", number).ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    /// <summary>All keys by number.</summary>
    public IReadOnlyList<StoredApiKey> ReadAll()
    {
        List<StoredApiKey> keys = [];
        using SqliteDataReader rows = _commands.With(Columns + "ORDER BY number").ExecuteReader();
        while (rows.Read())
        {
            keys.Add(Read(rows));
        }

        return keys;
    }

    /// <summary>Revokes a key; when it was revoked before, that stays.</summary>
    /// <returns>Whether it is revoked only now.</returns>
    public bool Revoke(long number, ulong revokedAt) =>
        _commands.With("UPDATE api_key SET revoked_at = @1 WHERE number = @0 AND revoked_at IS NULL", number, checked((long)revokedAt)).ExecuteNonQuery() > 0;

    /// <summary>Notes a use, unless a later one is noted.</summary>
    public void NoteUse(long number, ulong usedAt) =>
        _commands
            .With("UPDATE api_key SET last_used_at = @1 WHERE number = @0 AND coalesce(last_used_at, 0) < @1", number, checked((long)usedAt))
            .ExecuteNonQuery();

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private static StoredApiKey Read(SqliteDataReader row) => new(
        StoreRow.Integer(row, 0),
        StoreRow.Hash(row, 1),
        StoreRow.Text(row, 2),
        StoreRow.Text(row, 3),
        StoreRow.Text(row, 4),
        StoreRow.Size(row, 5),
        StoreRow.OptionalSize(row, 6),
        StoreRow.OptionalSize(row, 7),
        StoreRow.OptionalSize(row, 8));
}
