using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Ethereum;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Access;

/// <summary>A caller who signed in. The token is secret: it stands in no log.</summary>
/// <param name="token">What the caller shows from now on: <c>lct_</c> and base64url of 32 random bytes.</param>
/// <param name="expiresAt">Until when.</param>
/// <param name="address">The account.</param>
public sealed class SignedIn(string token, DateTimeOffset expiresAt, Address address)
{
    /// <summary>What the caller shows from now on.</summary>
    public string Token { get; } = token;

    /// <summary>From when on it is refused.</summary>
    public DateTimeOffset ExpiresAt { get; } = expiresAt;

    /// <summary>The account.</summary>
    public Address Address { get; } = address;
}

/// <summary>Sign-in with a ledger account: a challenge of EIP-4361, signed by EIP-191, for a token of a quarter of an hour.</summary>
/// <remarks>
/// <para>
/// A challenge is remembered by nobody: its nonce ends in a MAC over all of its text, under a key of this instance, so that only its own
/// unaltered challenges are taken, and no number of challenges costs memory or keeps others out. What is remembered is bounded for
/// each account that signed in, by its own key: the nonces that it used, until they expire, and its newest tokens, as hashes. A restart
/// forgets all of it and signs everyone out.
/// </para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed class SignInService
{
    /// <summary>How many tokens an account has at most: a further sign-in ends its oldest.</summary>
    public const int MaxTokens = 16;

    /// <summary>How often an account signs in at most within the lifetime of a challenge.</summary>
    public const int MaxSignIns = 64;

    private const string TokenPrefix = "lct_";
    private const int SecretBytes = 32;
    private const int TokenLength = 4 + 43;

    // The nonce is hex of 16 random bytes and 16 bytes of MAC.
    private const int RandomBytes = 16;
    private const int MacBytes = 16;
    private const int NonceLength = 2 * (RandomBytes + MacBytes);

    private readonly TimeProvider _timeProvider;
    private readonly RandomNumberGenerator _random;
    private readonly SignInOptions _options;
    private readonly byte[] _challengeKey = new byte[SecretBytes];

    // Both owned by _lock.
    private readonly Lock _lock = new();
    private readonly Dictionary<Address, Account> _accounts = [];
    private readonly Dictionary<Bytes32, Session> _sessions = [];

    /// <summary>Makes a service that knows nobody.</summary>
    /// <exception cref="ArgumentException">An option is none that a message can carry, or a lifetime is not positive.</exception>
    public SignInService(TimeProvider timeProvider, RandomNumberGenerator random, SignInOptions options)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(options);
        _timeProvider = timeProvider;
        _random = random;
        _options = options;
        random.GetBytes(_challengeKey);
        if (options.ChallengeLifetime < TimeSpan.FromSeconds(1) || options.TokenLifetime < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException("Expected lifetimes of at least a second.", nameof(options));
        }

        if (!SignInMessageReader.TryParse(CreateChallenge(Address.Zero), out SignInMessage? message, out _) || message.Domain != options.Domain)
        {
            throw new ArgumentException("Expected a domain and a URI of RFC 3986.", nameof(options));
        }
    }

    /// <summary>Makes the text that an account is to sign.</summary>
    public string CreateChallenge(Address address)
    {
        DateTimeOffset now = _timeProvider.GetUtcNow();
        Span<byte> random = stackalloc byte[RandomBytes];
        _random.GetBytes(random);
        SignInMessage message = new()
        {
            Domain = _options.Domain,
            Address = address,
            Statement = "Sign in to LedgerCredit. This costs nothing and changes nothing on the ledger.",
            Uri = _options.Uri,
            ChainId = _options.ChainId,
            Nonce = Convert.ToHexStringLower(random),
            IssuedAt = UtcTime.Format(now),
            ExpirationTime = UtcTime.Format(now + _options.ChallengeLifetime),
        };
        return (message with { Nonce = message.Nonce + MacOf(message) }).Format();
    }

    /// <summary>Signs a caller in.</summary>
    /// <param name="message">The text of <see cref="CreateChallenge"/>, or any other.</param>
    /// <param name="signature">r ‖ s ‖ v, or any other bytes.</param>
    /// <param name="signedIn">The token.</param>
    /// <param name="failure">Why not.</param>
    public bool TrySignIn(string? message, ReadOnlySpan<byte> signature, [NotNullWhen(true)] out SignedIn? signedIn, out SignInFailure failure)
    {
        signedIn = null;
        DateTimeOffset now = _timeProvider.GetUtcNow();
        failure = Check(message, signature, now, out SignInMessage? challenge, out DateTimeOffset challengeEnds);
        if (failure != SignInFailure.None)
        {
            return false;
        }

        Span<byte> secret = stackalloc byte[SecretBytes];
        _random.GetBytes(secret);
        SignedIn made = new(TokenPrefix + Base64Text.EncodeUrl(secret), now + _options.TokenLifetime, challenge!.Address);
        CryptographicOperations.ZeroMemory(secret);
        failure = Keep(made, challenge.Nonce, challengeEnds, now);
        signedIn = failure == SignInFailure.None ? made : null;
        return signedIn is not null;
    }

    /// <summary>Whether a token is accepted now.</summary>
    /// <remarks>It is found by its hash, which whoever guesses cannot steer: how long that takes tells nothing of other tokens.</remarks>
    /// <param name="token">Any text.</param>
    /// <param name="address">The account that signed in.</param>
    public bool TryAuthenticate(string? token, out Address address)
    {
        address = default;
        if (!IsToken(token))
        {
            return false;
        }

        Bytes32 hash = HashOf(token!);
        lock (_lock)
        {
            if (!_sessions.TryGetValue(hash, out Session? session) || session.ExpiresAt <= _timeProvider.GetUtcNow())
            {
                return false;
            }

            address = session.Address;
            return true;
        }
    }

    /// <summary>Ends a token.</summary>
    /// <returns>Whether it was accepted before.</returns>
    public bool SignOut(string? token)
    {
        if (!IsToken(token))
        {
            return false;
        }

        Bytes32 hash = HashOf(token!);
        lock (_lock)
        {
            if (!_sessions.Remove(hash, out Session? session))
            {
                return false;
            }

            _accounts[session.Address].Sessions.Remove(session);
            return session.ExpiresAt > _timeProvider.GetUtcNow();
        }
    }

    private SignInFailure Check(string? text, ReadOnlySpan<byte> signature, DateTimeOffset now, out SignInMessage? message, out DateTimeOffset ends)
    {
        ends = default;
        if (!SignInMessageReader.TryParse(text, out message, out _))
        {
            return SignInFailure.Malformed;
        }

        if (message.Domain != _options.Domain || message.Uri != _options.Uri)
        {
            return SignInFailure.OtherDomain;
        }

        if (message.ChainId != _options.ChainId)
        {
            return SignInFailure.OtherChain;
        }

        // The MAC stands for all that follows: a message with it is one of this instance, whole. So there is an end to read.
        if (message.Nonce.Length != NonceLength
            || !CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(MacOf(message with { Nonce = message.Nonce[..(2 * RandomBytes)] })),
                Encoding.ASCII.GetBytes(message.Nonce[(2 * RandomBytes)..]))
            || !IssueTime.TryReadUnixSeconds(message.ExpirationTime, out long seconds))
        {
            return SignInFailure.UnknownChallenge;
        }

        ends = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (ends <= now)
        {
            return SignInFailure.Expired;
        }

        if (!PersonalMessage.TryRecover(text!, signature, out Address signer) || signer != message.Address)
        {
            return SignInFailure.BadSignature;
        }

        return _options.IsAdmitted(signer) ? SignInFailure.None : SignInFailure.UnknownAccount;
    }

    private SignInFailure Keep(SignedIn signedIn, string nonce, DateTimeOffset challengeEnds, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_accounts.TryGetValue(signedIn.Address, out Account? account))
            {
                account = new Account();
                _accounts.Add(signedIn.Address, account);
            }

            // What has expired is refused for that already, so that it need not be remembered.
            account.UsedNonces.RemoveAll(used => used.EndsAt <= now);
            if (account.UsedNonces.Exists(used => used.Nonce == nonce))
            {
                return SignInFailure.Replayed;
            }

            if (account.UsedNonces.Count >= MaxSignIns)
            {
                return SignInFailure.TooMany;
            }

            account.UsedNonces.Add((nonce, challengeEnds));
            foreach (Session ended in account.Sessions.Where(session => session.ExpiresAt <= now).ToList())
            {
                Remove(account, ended);
            }

            if (account.Sessions.Count >= MaxTokens)
            {
                Remove(account, account.Sessions[0]);
            }

            Session session = new(HashOf(signedIn.Token), signedIn.Address, signedIn.ExpiresAt);
            account.Sessions.Add(session);
            _sessions.Add(session.Hash, session);
            return SignInFailure.None;
        }
    }

    private void Remove(Account account, Session session)
    {
        account.Sessions.Remove(session);
        _sessions.Remove(session.Hash);
    }

    // Over all of the message but the MAC itself.
    private string MacOf(SignInMessage message) =>
        Convert.ToHexStringLower(Sha256.Hmac(_challengeKey, Encoding.UTF8.GetBytes(message.Format())).AsSpan()[..MacBytes]);

    private static bool IsToken([NotNullWhen(true)] string? text) =>
        text is { Length: TokenLength } && text.StartsWith(TokenPrefix, StringComparison.Ordinal);

    private static Bytes32 HashOf(string token) => Sha256.Hash(Encoding.UTF8.GetBytes(token));

    private sealed record Session(Bytes32 Hash, Address Address, DateTimeOffset ExpiresAt);

    // The newest last in both. Bounded by MaxTokens and MaxSignIns.
    private sealed class Account
    {
        public List<Session> Sessions { get; } = [];

        public List<(string Nonce, DateTimeOffset EndsAt)> UsedNonces { get; } = [];
    }
}
