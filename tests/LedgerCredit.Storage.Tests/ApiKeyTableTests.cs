using LedgerCredit.Log;
using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage.Tests;

/// <summary>Keys of programs as they are kept.</summary>
[TestClass]
public sealed class ApiKeyTableTests
{
    [TestMethod]
    public void Add_Keys_AreReadBackByNumber()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredApiKey first = new(store.ApiKeys.NextNumber(), Sha256.Hash([1]), "a", "member", "audit", 10, ExpiresAt: null, RevokedAt: null, LastUsedAt: null);
        store.ApiKeys.Add(first);
        StoredApiKey second = new(store.ApiKeys.NextNumber(), Sha256.Hash([2]), "b", "member", "audit,admin", 11, ExpiresAt: 12, RevokedAt: 13, LastUsedAt: 14);
        store.ApiKeys.Add(second);

        Assert.AreEqual(1, first.Number);
        Assert.AreEqual(first, store.ApiKeys.Find(1));
        Assert.AreEqual(second, store.ApiKeys.Find(2));
        Assert.IsNull(store.ApiKeys.Find(0));
        Assert.IsNull(store.ApiKeys.Find(3));
        Assert.AreSequenceEqual([first, second], store.ApiKeys.ReadAll());
    }

    [TestMethod]
    public void ReadChangeNumber_AfterACommitOfOthers_IsAnother()
    {
        using TestStore test = new();
        using Store writing = Store.Create(test.Path);
        using Store watching = Store.Open(test.Path, StoreAccess.Read);
        long before = watching.ReadChangeNumber();

        Assert.AreEqual(before, watching.ReadChangeNumber());
        using (StoreTransaction undone = writing.BeginWrite())
        {
            writing.ApiKeys.Add(new StoredApiKey(1, Sha256.Hash([1]), "a", "member", "audit", 10, ExpiresAt: null, RevokedAt: null, LastUsedAt: null));
        }

        Assert.AreEqual(before, watching.ReadChangeNumber());
        writing.ApiKeys.Add(new StoredApiKey(1, Sha256.Hash([1]), "a", "member", "audit", 10, ExpiresAt: null, RevokedAt: null, LastUsedAt: null));
        long after = watching.ReadChangeNumber();
        Assert.AreNotEqual(before, after);
        writing.ApiKeys.Revoke(1, 11);
        Assert.AreNotEqual(after, watching.ReadChangeNumber());
    }

    [TestMethod]
    public void Add_ANumberOrAHashTwice_IsRefused()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredApiKey key = new(1, Sha256.Hash([1]), "a", "member", "audit", 10, ExpiresAt: null, RevokedAt: null, LastUsedAt: null);
        store.ApiKeys.Add(key);

        Assert.ThrowsExactly<SqliteException>(() => store.ApiKeys.Add(key with { Hash = Sha256.Hash([2]) }));
        Assert.ThrowsExactly<SqliteException>(() => store.ApiKeys.Add(key with { Number = 2 }));

        Assert.HasCount(1, store.ApiKeys.ReadAll());
    }

    [TestMethod]
    public void Revoke_AndNoteUse_KeepTheFirstAndTheLast()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.ApiKeys.Add(new(1, Sha256.Hash([1]), "a", "member", "audit", 10, ExpiresAt: null, RevokedAt: null, LastUsedAt: null));

        Assert.IsTrue(store.ApiKeys.Revoke(1, 20));
        Assert.IsFalse(store.ApiKeys.Revoke(1, 21));
        Assert.IsFalse(store.ApiKeys.Revoke(2, 21));
        store.ApiKeys.NoteUse(1, 30);
        store.ApiKeys.NoteUse(1, 29);
        store.ApiKeys.NoteUse(2, 29);

        Assert.AreEqual(20UL, store.ApiKeys.Find(1)!.RevokedAt);
        Assert.AreEqual(30UL, store.ApiKeys.Find(1)!.LastUsedAt);
    }

    [TestMethod]
    [DataRow("UPDATE api_key SET hash = x'00'", DisplayName = "hash of another length")]
    [DataRow("UPDATE api_key SET expires_at = -1", DisplayName = "negative time")]
    public void Find_AnAlteredRow_IsDamage(string sql)
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.ApiKeys.Add(new(1, Sha256.Hash([1]), "a", "member", "audit", 10, ExpiresAt: null, RevokedAt: null, LastUsedAt: null));
        test.Execute(sql);

        Assert.ThrowsExactly<LogIntegrityException>(() => store.ApiKeys.Find(1));
    }
}
