namespace LedgerCredit.Storage.Tests;

/// <summary>Grants, and who entered what, as they are kept.</summary>
[TestClass]
public sealed class AccessGrantTableTests
{
    [TestMethod]
    public void Add_Grants_AreFoundBySubjectAndConsumer()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredAccessGrant first = store.AccessGrants.Add("x-test:a", "bank", "credit-review", "0x01", 10, 20);
        StoredAccessGrant second = store.AccessGrants.Add("x-test:b", "bank", "credit-review", "0x02", 11, 21);
        StoredAccessGrant third = store.AccessGrants.Add("x-test:a", "court", "judicial", "0x01", 12, 22);
        StoredAccessGrant fourth = store.AccessGrants.Add("x-test:a", "bank", "audit", "0x01", 13, 23);

        Assert.AreSequenceEqual([first, third, fourth], store.AccessGrants.ReadBySubject("x-test:a"));
        Assert.AreSequenceEqual([first, second, fourth], store.AccessGrants.ReadByConsumer("bank", after: 0, limit: 9));
        Assert.AreSequenceEqual([second], store.AccessGrants.ReadByConsumer("bank", first.Number, limit: 1));
        Assert.AreSequenceEqual([third], store.AccessGrants.ReadBySubject("x-test:a", first.Number, limit: 1));
        Assert.AreSequenceEqual([third, fourth], store.AccessGrants.ReadBySubject("x-test:a", second.Number, limit: 9));
        Assert.AreSequenceEqual([fourth], store.AccessGrants.Read("x-test:a", "bank", first.Number, limit: 9));
        Assert.AreSequenceEqual([first], store.AccessGrants.Read("x-test:a", "bank", after: 0, limit: 1));
        Assert.AreSequenceEqual([first, fourth], store.AccessGrants.Read("x-test:a", "bank"));
        Assert.IsEmpty(store.AccessGrants.Read("x-test:b", "court"));
        Assert.IsEmpty(store.AccessGrants.ReadBySubject("x-test:A"));
        Assert.AreEqual(second, store.AccessGrants.Find(second.Number));
        Assert.IsNull(store.AccessGrants.Find(99));
    }

    [TestMethod]
    public void Withdraw_AGrant_KeepsTheFirstTime()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredAccessGrant grant = store.AccessGrants.Add("x-test:a", "bank", "credit-review", "0x01", 10, 20);

        Assert.IsTrue(store.AccessGrants.Withdraw(grant.Number, 15));
        Assert.IsFalse(store.AccessGrants.Withdraw(grant.Number, 16));
        Assert.IsFalse(store.AccessGrants.Withdraw(99, 16));

        Assert.AreEqual(grant with { WithdrawnAt = 15 }, store.AccessGrants.Find(grant.Number));
    }

    [TestMethod]
    public void Note_WhoEnteredARecord_KeepsTheFirst()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        LogPosition position = new(3, 7);

        Assert.IsTrue(store.EnteredBy.Note(position, "a"));
        Assert.IsFalse(store.EnteredBy.Note(position, "b"));

        Assert.AreEqual("a", store.EnteredBy.Find(position));
        Assert.IsNull(store.EnteredBy.Find(new LogPosition(3, 8)));
    }

    [TestMethod]
    public void Tables_OfAnOlderStoreOpenForReading_ReadAsEmpty()
    {
        using TestStore test = new();
        Store.Create(test.Path).Dispose();
        test.Execute("DROP TABLE repair_material; DROP TABLE cosignature; DROP TABLE api_key; DROP TABLE access_grant; DROP TABLE entered_by; PRAGMA user_version = 3");
        using Store store = Store.Open(test.Path, StoreAccess.Read);

        Assert.IsEmpty(store.ApiKeys.ReadAll());
        Assert.IsEmpty(store.AccessGrants.ReadBySubject("x-test:a"));
        Assert.IsNull(store.EnteredBy.Find(new LogPosition(1, 0)));
    }
}
