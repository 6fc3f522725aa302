using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Access;

/// <summary>Keys that programs call with: made once, shown once, kept as a hash, revocable.</summary>
/// <remarks>
/// The text has 256 random bits, so that its plain SHA-256 cannot be searched for. Thread-safe, where each thread brings its own store.
/// docs/spec/access.md section 2.
/// </remarks>
public sealed class ApiKeys
{
    /// <summary>The longest name of a key, in characters.</summary>
    public const int MaxNameLength = 64;

    // The last use of a key is kept to the minute: more often would be a write for each request.
    private const ulong SecondsBetweenNotes = 60;

    private const int SecretBytes = 32;

    private readonly TimeProvider _timeProvider;
    private readonly RandomNumberGenerator _random;

    // By key number: when it was used last, and up to when that is in the store. As many as there are keys that were accepted.
    private readonly ConcurrentDictionary<long, LastUse> _uses = [];

    /// <summary>Makes the keeper of keys.</summary>
    public ApiKeys(TimeProvider timeProvider, RandomNumberGenerator random)
    {
        _timeProvider = timeProvider;
        _random = random;
    }

    /// <summary>Makes a key.</summary>
    /// <param name="store">Open for writing.</param>
    /// <param name="member">The slug of the member that it speaks for.</param>
    /// <param name="name">What people call it: 1 to 64 letters, digits, spaces and <c>-_.</c></param>
    /// <param name="scopes">What it may be used for; at least one of <see cref="AccessScopes.All"/>.</param>
    /// <param name="expiresAt">From when on it is refused, or null.</param>
    /// <returns>Its text, which nobody can show again: when this returns, the key is durable and only its hash is kept.</returns>
    /// <exception cref="ArgumentException">A value is none of those above, or it would be expired at once.</exception>
    public string Create(Store store, string member, string name, IReadOnlySet<string> scopes, DateTimeOffset? expiresAt)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(scopes);
        if (!IssuerSlug.IsValid(member))
        {
            throw new ArgumentException("Expected a member's slug.", nameof(member));
        }

        if (!IsName(name))
        {
            throw new ArgumentException($"Expected 1 to {MaxNameLength} letters, digits, spaces, hyphens, underscores and points.", nameof(name));
        }

        if (scopes.Count == 0 || !scopes.All(AccessScopes.All.Contains))
        {
            throw new ArgumentException("Expected at least one scope, and known ones only.", nameof(scopes));
        }

        ulong now = Now();
        if (expiresAt is DateTimeOffset expiry && expiry <= _timeProvider.GetUtcNow())
        {
            throw new ArgumentException("Expected a moment to come.", nameof(expiresAt));
        }

        Span<byte> secret = stackalloc byte[SecretBytes];
        _random.GetBytes(secret);

        // A crash before the commit leaves no key; one behind it a key whose text nobody has: it is revoked and another one made.
        using StoreTransaction transaction = store.BeginWrite();
        long number = store.ApiKeys.NextNumber();
        string text = ApiKeyText.Format(number, secret);
        CryptographicOperations.ZeroMemory(secret);
        store.ApiKeys.Add(new StoredApiKey(
            number,
            HashOf(text),
            name,
            member,
            AccessScopes.Format(scopes),
            now,
            expiresAt is DateTimeOffset end ? (ulong)end.ToUnixTimeSeconds() : null,
            RevokedAt: null,
            LastUsedAt: null));
        transaction.Commit();
        return text;
    }

    /// <summary>Whether a text is a key that is accepted now.</summary>
    /// <remarks>
    /// Writes nothing, so that no request waits for or fails by a writer: the use is remembered, and <see cref="KeepLastUses"/> writes it
    /// down. One that is unknown, altered, expired or revoked is refused in the same way, after the same work.
    /// </remarks>
    /// <param name="store">Open for reading or writing.</param>
    /// <param name="text">Any text.</param>
    /// <param name="key">The key.</param>
    public bool TryAuthenticate(Store store, string? text, [NotNullWhen(true)] out StoredApiKey? key)
    {
        ArgumentNullException.ThrowIfNull(store);
        key = null;
        bool hasForm = ApiKeyText.TryReadNumber(text, out long number);
        StoredApiKey? stored = store.ApiKeys.Find(hasForm ? number : 0);
        Bytes32 hash = HashOf(hasForm ? text! : "");
        Bytes32 expected = stored?.Hash ?? Bytes32.Zero;
        bool isTheKey = CryptographicOperations.FixedTimeEquals(hash.AsSpan(), expected.AsSpan());
        ulong now = Now();
        if (!hasForm || stored is null || !isTheKey || stored.RevokedAt is not null || stored.ExpiresAt <= now)
        {
            return false;
        }

        NoteUse(stored, now);
        key = stored;
        return true;
    }

    /// <summary>Whether a key is accepted again that was accepted before, where nothing was written to the store since: only time has passed.</summary>
    /// <param name="key">From <see cref="TryAuthenticate"/>.</param>
    public bool AcceptAgain(StoredApiKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ulong now = Now();
        if (key.ExpiresAt <= now)
        {
            return false;
        }

        NoteUse(key, now);
        return true;
    }

    /// <summary>Writes down when keys were last used, each at most once a minute; to be called now and then, by one caller at a time.</summary>
    /// <remarks>What a crash loses is that keys were used in the last minute, or since this was last called.</remarks>
    /// <param name="store">Open for writing.</param>
    /// <exception cref="System.Data.Common.DbException">The store could not be written: what was to be written is kept for the next call.</exception>
    public void KeepLastUses(Store store)
    {
        ArgumentNullException.ThrowIfNull(store);
        List<KeyValuePair<long, LastUse>> due = [.. _uses.Where(use => use.Value.UsedAt >= use.Value.KeptAt + SecondsBetweenNotes)];
        if (due.Count == 0)
        {
            return;
        }

        using (StoreTransaction transaction = store.BeginWrite())
        {
            foreach ((long number, LastUse use) in due)
            {
                store.ApiKeys.NoteUse(number, use.UsedAt);
            }

            transaction.Commit();
        }

        foreach ((long number, LastUse kept) in due)
        {
            _uses.AddOrUpdate(number, _ => kept with { KeptAt = kept.UsedAt }, (_, use) => use with { KeptAt = kept.UsedAt });
        }
    }

    /// <summary>Revokes a key: it is refused from now on. When this returns, that is durable.</summary>
    /// <param name="store">Open for writing.</param>
    /// <param name="number">Its number.</param>
    /// <returns>The key, or null where there is none of this number. One that was revoked before stays as it was.</returns>
    public StoredApiKey? Revoke(Store store, long number)
    {
        ArgumentNullException.ThrowIfNull(store);

        // A crash before the commit leaves a key that is accepted, and nobody was told otherwise; one behind it a revoked one, as
        // revoking it again says.
        using StoreTransaction transaction = store.BeginWrite();
        store.ApiKeys.Revoke(number, Now());
        StoredApiKey? revoked = store.ApiKeys.Find(number);
        transaction.Commit();
        return revoked;
    }

    /// <summary>All keys by number, revoked and expired ones included.</summary>
    public static IReadOnlyList<StoredApiKey> List(Store store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.ApiKeys.ReadAll();
    }

    /// <summary>Whether a text can be the name of a key: it stands in the access log, so nothing that would read as more than a name.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxNameLength } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_' or '.');

    private void NoteUse(StoredApiKey key, ulong now)
    {
        // Most requests come in the second of the one before.
        if (!_uses.TryGetValue(key.Number, out LastUse known) || known.UsedAt < now)
        {
            _uses.AddOrUpdate(key.Number, _ => new LastUse(now, key.LastUsedAt ?? 0), (_, use) => use with { UsedAt = Math.Max(use.UsedAt, now) });
        }
    }

    private ulong Now() => (ulong)_timeProvider.GetUtcNow().ToUnixTimeSeconds();

    private static Bytes32 HashOf(string text) => Sha256.Hash(Encoding.UTF8.GetBytes(text));

    private readonly record struct LastUse(ulong UsedAt, ulong KeptAt);
}
