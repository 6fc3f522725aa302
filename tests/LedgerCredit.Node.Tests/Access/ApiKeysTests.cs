using LedgerCredit.Node.Access;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>Keys for programs: shown once, kept as hashes, refused alike.</summary>
[TestClass]
public sealed class ApiKeysTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero));
    private readonly CountingRandom _random = new();
    private readonly Store _store;
    private readonly ApiKeys _keys;

    public ApiKeysTests()
    {
        _store = Store.Create(_folder.File("store.db"));
        _keys = new ApiKeys(_clock, _random);
    }

    public void Dispose()
    {
        _store.Dispose();
        _random.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void Create_AKey_IsAcceptedAndKeptAsAHashAlone()
    {
        string text = Create("records:read,audit");

        Assert.MatchesRegex("^lcr_1_[A-Za-z0-9_-]{43}$", text);
        Assert.IsTrue(_keys.TryAuthenticate(_store, text, out StoredApiKey? key));
        Assert.AreEqual("bank system", key.Name);
        Assert.AreEqual("bank", key.Member);
        Assert.AreEqual("records:read,audit", key.Scopes);
        Assert.AreEqual(Sha256.Hash(System.Text.Encoding.UTF8.GetBytes(text)), key.Hash);
        Assert.IsNull(key.ExpiresAt);
        _store.Dispose();
        byte[] secret = System.Text.Encoding.UTF8.GetBytes(text[6..]);
        foreach (string file in Directory.EnumerateFiles(_folder.Path))
        {
            Assert.AreEqual(-1, File.ReadAllBytes(file).AsSpan().IndexOf(secret), file);
        }
    }

    [TestMethod]
    public void TryAuthenticate_AnyCharacterAltered_IsRefused()
    {
        string text = Create("records:read");
        for (int i = 0; i < text.Length; i++)
        {
            foreach (char other in "A1_-z=~é")
            {
                string altered = text[..i] + other + text[(i + 1)..];
                if (altered != text)
                {
                    Assert.IsFalse(_keys.TryAuthenticate(_store, altered, out StoredApiKey? key), $"character {i}: {other}");
                    Assert.IsNull(key);
                }
            }
        }
    }

    [TestMethod]
    public void TryAuthenticate_OtherTexts_AreRefused()
    {
        string text = Create("records:read");
        string second = Create("records:read");
        string[] others =
        [
            "", "lcr_", "lcr__", "lcr_1_", "lcr_1", text + "A", text[..^1], " " + text, text + " ", text.Replace("lcr_1_", "lcr_01_", StringComparison.Ordinal),
            text.Replace("lcr_1_", "lcr_2_", StringComparison.Ordinal), second.Replace("lcr_2_", "lcr_1_", StringComparison.Ordinal),
            text.Replace("lcr_1_", "lcr_-1_", StringComparison.Ordinal), text.Replace("lcr_1_", "lcr_+1_", StringComparison.Ordinal),
            text.Replace("lcr_1_", "lcr_99999999999999999999_", StringComparison.Ordinal), text.Replace("lcr_1_", "lcr_3_", StringComparison.Ordinal),
            text.Replace("lcr_1_", "lcr__1_", StringComparison.Ordinal), new string('a', 1 << 20), "lcr_" + new string('1', 1 << 20),
        ];
        foreach (string other in others)
        {
            Assert.IsFalse(_keys.TryAuthenticate(_store, other, out _), other[..Math.Min(other.Length, 80)]);
        }

        Assert.IsFalse(_keys.TryAuthenticate(_store, null, out _));
        Assert.IsTrue(_keys.TryAuthenticate(_store, text, out _));
        Assert.IsTrue(_keys.TryAuthenticate(_store, second, out _));
    }

    [TestMethod]
    public void TryAuthenticate_Expired_IsRefusedFromThatSecondOn()
    {
        string text = _keys.Create(_store, "bank", "n", Scopes("audit"), _clock.GetUtcNow().AddDays(2));
        _clock.Advance(TimeSpan.FromDays(2) - TimeSpan.FromSeconds(1));
        Assert.IsTrue(_keys.TryAuthenticate(_store, text, out _));

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.IsFalse(_keys.TryAuthenticate(_store, text, out StoredApiKey? key));
        Assert.IsNull(key);
    }

    [TestMethod]
    public void Revoke_AKey_IsRefusedAtOnceByEverybody()
    {
        string text = Create("records:read");
        ApiKeys other = new(_clock, _random);
        Assert.IsTrue(other.TryAuthenticate(_store, text, out _));

        StoredApiKey? revoked = _keys.Revoke(_store, 1);

        Assert.AreEqual((ulong)_clock.GetUtcNow().ToUnixTimeSeconds(), revoked!.RevokedAt);
        Assert.IsFalse(_keys.TryAuthenticate(_store, text, out _));
        Assert.IsFalse(other.TryAuthenticate(_store, text, out _));

        // Again changes nothing, and its number is never given again.
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.AreEqual(revoked, _keys.Revoke(_store, 1));
        Assert.StartsWith("lcr_2_", Create("records:read"));
        Assert.IsNull(_keys.Revoke(_store, 3));
        Assert.HasCount(2, ApiKeys.List(_store));
    }

    // What the disk does not take, and what a kill right behind the answer leaves: a copy of the files as they are then.
    [TestMethod]
    public void CreateAndRevoke_RefusedByTheStoreOrKilledBehindIt_AreWhollyThereOrNotAtAll()
    {
        Refuse("INSERT");
        Assert.Throws<System.Data.Common.DbException>(() => Create("records:read"));
        Assert.IsEmpty(ApiKeys.List(_store));
        Allow();
        string text = Create("records:read");
        Assert.IsTrue(IsAcceptedByACopy(text, "made"));

        Refuse("UPDATE");
        Assert.Throws<System.Data.Common.DbException>(() => _keys.Revoke(_store, 1));
        Assert.IsTrue(_keys.TryAuthenticate(_store, text, out _));
        Allow();
        Assert.IsNotNull(_keys.Revoke(_store, 1)!.RevokedAt);
        Assert.IsFalse(IsAcceptedByACopy(text, "revoked"));

        void Refuse(string change) => Execute($"CREATE TRIGGER refuse BEFORE {change} ON api_key BEGIN SELECT RAISE(ABORT, 'disk'); END");
        void Allow() => Execute("DROP TRIGGER refuse");
        void Execute(string sql)
        {
            using StoreFile file = new(_folder.File("store.db"));
            file.Execute(sql);
        }
    }

    private bool IsAcceptedByACopy(string text, string name)
    {
        foreach (string ending in (string[])["", "-wal"])
        {
            File.Copy(_folder.File("store.db") + ending, _folder.File(name) + ending);
        }

        using Store copy = Store.Open(_folder.File(name), StoreAccess.Write);
        return new ApiKeys(_clock, _random).TryAuthenticate(copy, text, out _);
    }

    [TestMethod]
    public void KeepLastUses_OfManyUses_WritesOnceAMinute()
    {
        string text = Create("records:read");
        Assert.IsNull(ApiKeys.List(_store)[0].LastUsedAt);
        ulong first = Use(text);
        _keys.KeepLastUses(_store);
        Assert.AreEqual(first, ApiKeys.List(_store)[0].LastUsedAt);

        // Within the minute nothing is written, not even asked for the store: a disposed one would throw.
        Store closed = Store.Open(_folder.File("store.db"), StoreAccess.Write);
        closed.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(59));
        Use(text);
        _keys.KeepLastUses(closed);

        _clock.Advance(TimeSpan.FromSeconds(1));
        ulong second = Use(text);
        _keys.KeepLastUses(_store);
        Assert.AreEqual(second, ApiKeys.List(_store)[0].LastUsedAt);

        // Without a use there is nothing to write, ever.
        _clock.Advance(TimeSpan.FromDays(1));
        _keys.KeepLastUses(closed);

        // A new process goes on from what is kept, and never back.
        ApiKeys restarted = new(_clock, _random);
        Assert.IsTrue(restarted.TryAuthenticate(_store, text, out _));
        restarted.KeepLastUses(_store);
        _keys.KeepLastUses(_store);
        Assert.AreEqual((ulong)_clock.GetUtcNow().ToUnixTimeSeconds(), ApiKeys.List(_store)[0].LastUsedAt);
    }

    [TestMethod]
    public void TryAuthenticate_WhileAnotherWrites_DoesNotWait()
    {
        string text = Create("records:read");
        using Store reading = Store.Open(_folder.File("store.db"), StoreAccess.Read);
        using (_store.BeginWrite())
        {
            Assert.IsTrue(_keys.TryAuthenticate(reading, text, out _));
        }
    }

    [TestMethod]
    [DataRow("Bank", "n", "audit", DisplayName = "member that is no slug")]
    [DataRow("bank", "", "audit", DisplayName = "no name")]
    [DataRow("bank", "a@b", "audit", DisplayName = "name with an at sign")]
    [DataRow("bank", "a\nb", "audit", DisplayName = "name of two lines")]
    [DataRow("bank", "n", "", DisplayName = "no scope")]
    [DataRow("bank", "n", "read", DisplayName = "unknown scope")]
    public void Create_WithWhatIsNone_IsRefused(string member, string name, string scope)
    {
        HashSet<string> scopes = scope.Length == 0 ? [] : [scope];

        Assert.ThrowsExactly<ArgumentException>(() => _keys.Create(_store, member, name, scopes, null));
        Assert.ThrowsExactly<ArgumentException>(() => _keys.Create(_store, "bank", "n", Scopes("audit"), _clock.GetUtcNow()));

        Assert.IsEmpty(ApiKeys.List(_store));
    }

    [TestMethod]
    [DataRow("records:read", true)]
    [DataRow("records:write,records:read,repair:write,audit,admin", true)]
    [DataRow("", false)]
    [DataRow("records:read,", false)]
    [DataRow("records:read, audit", false)]
    [DataRow("audit,audit", false)]
    [DataRow("Audit", false)]
    [DataRow("audit,audit,audit,audit,audit,audit,audit,audit,audit,audit,audit,audit,audit,audit,audit,audit,audit,audit", false)]
    public void TryParse_OfScopes_TakesKnownOnesOnce(string text, bool isTaken)
    {
        Assert.AreEqual(isTaken, AccessScopes.TryParse(text, out IReadOnlySet<string> scopes));
        Assert.AreEqual(isTaken ? text : "", AccessScopes.Format(scopes));
    }

    private string Create(string scopes) => _keys.Create(_store, "bank", "bank system", Scopes(scopes), null);

    private ulong Use(string text)
    {
        Assert.IsTrue(_keys.TryAuthenticate(_store, text, out _));
        return (ulong)_clock.GetUtcNow().ToUnixTimeSeconds();
    }

    private static IReadOnlySet<string> Scopes(string text) =>
        AccessScopes.TryParse(text, out IReadOnlySet<string> scopes) ? scopes : throw new AssertFailedException(text);
}
