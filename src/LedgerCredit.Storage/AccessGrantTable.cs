using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>What a subject lets an organisation read. Times in Unix seconds.</summary>
/// <param name="Number">Its number here, from 1.</param>
/// <param name="Subject">The subject, as its records name it.</param>
/// <param name="Consumer">The slug of the organisation that may read.</param>
/// <param name="Purpose">What for: a word of a closed list.</param>
/// <param name="GrantedBy">The account that gave it, <c>0x</c> and 40 lower-case hex digits.</param>
/// <param name="GrantedAt">When.</param>
/// <param name="ExpiresAt">From when on it counts no more.</param>
/// <param name="WithdrawnAt">When it was withdrawn, or null.</param>
public sealed record StoredAccessGrant(
    long Number, string Subject, string Consumer, string Purpose, string GrantedBy, ulong GrantedAt, ulong ExpiresAt, ulong? WithdrawnAt);

/// <summary>What subjects let others read. Rows stay when grants end, so that subjects see whom they once let read.</summary>
public sealed class AccessGrantTable : IDisposable
{
    private const string Columns = "SELECT number, subject, consumer, purpose, granted_by, granted_at, expires_at, withdrawn_at FROM access_grant ";

    private readonly StoreCommands _commands;

    internal AccessGrantTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Adds a grant.</summary>
    public StoredAccessGrant Add(string subject, string consumer, string purpose, string grantedBy, ulong grantedAt, ulong expiresAt)
    {
        long number = (long)_commands
            .With(
                """
                INSERT INTO access_grant (subject, consumer, purpose, granted_by, granted_at, expires_at) VALUES (@0, @1, @2, @3, @4, @5)
                RETURNING number
                """,
                subject,
                consumer,
                purpose,
                grantedBy,
                checked((long)grantedAt),
                checked((long)expiresAt))
            .ExecuteScalar()!;
        return new StoredAccessGrant(number, subject, consumer, purpose, grantedBy, grantedAt, expiresAt, WithdrawnAt: null);
    }

    /// <summary>A grant, or null where there is none of this number.</summary>
    public StoredAccessGrant? Find(long number) => ReadRows(_commands.With(Columns + "WHERE number = @0", number)) is [StoredAccessGrant grant] ? grant : null;

    /// <summary>All grants of a subject, the oldest first.</summary>
    public IReadOnlyList<StoredAccessGrant> ReadBySubject(string subject) =>
        ReadRows(_commands.With(Columns + "WHERE subject = @0 ORDER BY number", subject));

    /// <summary>A page of the grants of a subject, the oldest first.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="after">Only grants of higher numbers than this one.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<StoredAccessGrant> ReadBySubject(string subject, long after, int limit) =>
        ReadRows(_commands.With(Columns + "WHERE subject = @0 AND number > @1 ORDER BY number LIMIT @2", subject, after, (long)limit));

    /// <summary>A page of the grants to an organisation, the oldest first.</summary>
    /// <param name="consumer">The slug of the organisation.</param>
    /// <param name="after">Only grants of higher numbers than this one.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<StoredAccessGrant> ReadByConsumer(string consumer, long after, int limit) =>
        ReadRows(_commands.With(Columns + "WHERE consumer = @0 AND number > @1 ORDER BY number LIMIT @2", consumer, after, (long)limit));

    /// <summary>A page of the grants of a subject to an organisation, the oldest first.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="consumer">The slug of the organisation.</param>
    /// <param name="after">Only grants of higher numbers than this one.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<StoredAccessGrant> Read(string subject, string consumer, long after, int limit) =>
        ReadRows(_commands.With(Columns + "WHERE consumer = @0 AND subject = @1 AND number > @2 ORDER BY number LIMIT @3", consumer, subject, after, (long)limit));

    /// <summary>All grants of a subject to an organisation, the oldest first.</summary>
    public IReadOnlyList<StoredAccessGrant> Read(string subject, string consumer) =>
        ReadRows(_commands.With(Columns + "WHERE consumer = @0 AND subject = @1 ORDER BY number", consumer, subject));

    /// <summary>Withdraws a grant; when it was withdrawn before, that stays.</summary>
    /// <returns>Whether it is withdrawn only now.</returns>
    public bool Withdraw(long number, ulong withdrawnAt) =>
        _commands.With("UPDATE access_grant SET withdrawn_at = @1 WHERE number = @0 AND withdrawn_at IS NULL", number, checked((long)withdrawnAt)).ExecuteNonQuery() > 0;

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private static List<StoredAccessGrant> ReadRows(SqliteCommand command)
    {
        List<StoredAccessGrant> grants = [];
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            grants.Add(new StoredAccessGrant(
                StoreRow.Integer(rows, 0),
                StoreRow.Text(rows, 1),
                StoreRow.Text(rows, 2),
                StoreRow.Text(rows, 3),
                StoreRow.Text(rows, 4),
                StoreRow.Size(rows, 5),
                StoreRow.Size(rows, 6),
                StoreRow.OptionalSize(rows, 7)));
        }

        return grants;
    }
}
