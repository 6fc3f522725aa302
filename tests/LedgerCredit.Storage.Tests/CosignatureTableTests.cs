namespace LedgerCredit.Storage.Tests;

/// <summary>What witnesses said: one line for each witness and checkpoint.</summary>
[TestClass]
public sealed class CosignatureTableTests
{
    [TestMethod]
    public void Keep_SameWitnessAndSizeAgain_TakesTheNewLine()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Cosignatures.Keep(1, new StoredCosignature(5, "b", [1]));
        store.Cosignatures.Keep(1, new StoredCosignature(5, "a", [2]));
        store.Cosignatures.Keep(1, new StoredCosignature(5, "b", [3]));

        IReadOnlyList<StoredCosignature> kept = store.Cosignatures.ReadAll(1, 5);

        Assert.AreSequenceEqual((string[])["a", "b"], kept.Select(k => k.Witness));
        Assert.AreSequenceEqual((byte[])[2, 3], kept.SelectMany(k => k.Line));
    }

    [TestMethod]
    public void Find_OtherLogsSizesAndWitnesses_AreApart()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Cosignatures.Keep(1, new StoredCosignature(5, "a", [1]));
        store.Cosignatures.Keep(1, new StoredCosignature(9, "a", [2]));
        store.Cosignatures.Keep(1, new StoredCosignature(7, "b", [3]));
        store.Cosignatures.Keep(2, new StoredCosignature(11, "a", [4]));

        Assert.AreEqual(9UL, store.Cosignatures.FindLatestSize(1, "a"));
        Assert.AreEqual(7UL, store.Cosignatures.FindLatestSize(1, "b"));
        Assert.AreEqual(11UL, store.Cosignatures.FindLatestSize(2, "a"));
        Assert.IsNull(store.Cosignatures.FindLatestSize(2, "b"));
        Assert.IsEmpty(store.Cosignatures.ReadAll(1, 6));
        Assert.AreSequenceEqual((ulong[])[9, 7, 5], store.Cosignatures.ReadSizes(1));
        Assert.AreSequenceEqual((ulong[])[5, 7, 9], store.Cosignatures.ReadAll(1).Select(k => k.TreeSize));
    }

    [TestMethod]
    public void Keep_TransactionNotCommitted_LeavesNothing()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        using (store.BeginWrite())
        {
            store.Cosignatures.Keep(1, new StoredCosignature(5, "a", [1]));
        }

        Assert.IsEmpty(store.Cosignatures.ReadAll(1));
    }
}
