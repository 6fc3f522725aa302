using LedgerCredit.Primitives;

namespace LedgerCredit.Storage.Tests;

/// <summary>Messages to endpoints: kept once for each, in order of their next attempt, until they are taken.</summary>
[TestClass]
public sealed class OutboxTableTests
{
    private const long Never = long.MaxValue;

    [TestMethod]
    public void Add_SameEventAgain_IsIgnoredForThisEndpointAlone()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);

        Assert.IsTrue(store.Outbox.Add("e1", "a", [1], 10));
        Assert.IsFalse(store.Outbox.Add("e1", "a", [2], 11));
        Assert.IsTrue(store.Outbox.Add("e1", "b", [3], 12));

        Assert.AreSequenceEqual((byte[])[1], store.Outbox.ReadDue("a", 10, Never, 9).Single().Body);
        Assert.HasCount(2, store.Outbox.ReadPending());
    }

    [TestMethod]
    public void Add_EventThatWasDelivered_IsIgnored()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Outbox.Add("e1", "a", [1], 10);
        store.Outbox.MarkDelivered(store.Outbox.ReadPending().Single(), 11);

        Assert.IsFalse(store.Outbox.Add("e1", "a", [1], 12));

        Assert.IsEmpty(store.Outbox.ReadPending());
        Assert.AreEqual(1L, store.Outbox.CountDelivered("a"));
        Assert.AreEqual(0L, store.Outbox.CountDelivered("b"));
    }

    [TestMethod]
    public void ReadDue_BeforeAtAndAfterTheTime_GivesWhatIsDue()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Outbox.Add("e1", "a", [1], 10);
        PendingMessage message = store.Outbox.ReadPending().Single();
        store.Outbox.MarkFailed(message, "HTTP status 500", 2_000);

        Assert.IsEmpty(store.Outbox.ReadDue("a", 1_999, Never, 9));
        PendingMessage due = store.Outbox.ReadDue("a", 2_000, Never, 9).Single();
        Assert.AreEqual(1, due.Attempts);
        Assert.AreEqual("HTTP status 500", due.Problem);
        Assert.AreEqual(10L, due.CreatedAt);
        Assert.IsEmpty(store.Outbox.ReadDue("b", 2_000, Never, 9));
    }

    [TestMethod]
    public void ReadDue_PlannedByAClockThatWasAhead_IsDue()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Outbox.Add("e1", "a", [1], 10);
        store.Outbox.MarkFailed(store.Outbox.ReadPending().Single(), "p", 9_000);

        Assert.IsEmpty(store.Outbox.ReadDue("a", 100, 9_000, 9));
        Assert.HasCount(1, store.Outbox.ReadDue("a", 100, 8_999, 9));
    }

    [TestMethod]
    public void ReadDue_MoreThanTheLimit_GivesTheLongestDue()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        foreach (int i in (int[])[3, 1, 2])
        {
            store.Outbox.Add($"e{i}", "a", [(byte)i], i);
        }

        Assert.AreSequenceEqual((string[])["e1", "e2"], store.Outbox.ReadDue("a", 10, Never, 2).Select(message => message.EventId));
    }

    [TestMethod]
    public void MakeAllDue_MessagesThatWait_AreDueAtOnce()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        foreach (string id in (string[])["e1", "e2", "e3"])
        {
            store.Outbox.Add(id, "a", [1], 10);
        }

        IReadOnlyList<PendingMessage> pending = store.Outbox.ReadPending();
        store.Outbox.MarkFailed(pending[0], "p", 9_000);
        store.Outbox.MarkDelivered(pending[2], 20);

        Assert.AreEqual(2, store.Outbox.MakeAllDue(50));

        Assert.AreSequenceEqual((string[])["e1", "e2"], store.Outbox.ReadDue("a", 50, Never, 9).Select(message => message.EventId));
    }

    [TestMethod]
    public void MarkFailed_DeliveredMeanwhile_ChangesNothing()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Outbox.Add("e1", "a", [1], 10);
        PendingMessage message = store.Outbox.ReadPending().Single();
        store.Outbox.MarkDelivered(message, 20);

        store.Outbox.MarkFailed(message, "p", 30);

        Assert.IsEmpty(store.Outbox.ReadPending());
        Assert.AreEqual(1L, store.Outbox.CountDelivered("a"));
    }

    // The number of a message that was removed is given again. What came of its sending is nothing that happened to the next one.
    [TestMethod]
    public void Mark_RemovedMeanwhileAndItsNumberGivenAgain_ChangesNothing()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Outbox.Add("e1", "a", [1], 10);
        PendingMessage sent = store.Outbox.ReadPending().Single();
        foreach ((string id, string endpoint) in (ReadOnlySpan<(string, string)>)[("e1", "b"), ("e2", "a")])
        {
            store.Outbox.RemovePending(sent.Endpoint);
            store.Outbox.RemovePending("b");
            store.Outbox.Add(id, endpoint, [2], 20);
            PendingMessage next = store.Outbox.ReadPending().Single();
            Assert.AreEqual(sent.Number, next.Number);

            store.Outbox.MarkDelivered(sent, 30);
            store.Outbox.MarkFailed(sent, "p", 9_000);

            PendingMessage after = store.Outbox.ReadPending().Single();
            Assert.AreEqual((id, endpoint, 0, 20L), (after.EventId, after.Endpoint, after.Attempts, after.NextAttemptAt));
            Assert.AreSequenceEqual((byte[])[2], after.Body);
        }
    }

    [TestMethod]
    public void ClearProgress_OfSeveral_KeepsTheirFirstBlocksAndWhatTheyWereTold()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Outbox.PutProgress("a", new OutboxProgress(5, 7, Sha256.Hash([1])));
        store.Outbox.PutProgress("b", new OutboxProgress(6, LastBlock: null, LastBlockHash: null));

        store.Outbox.Add("e1", "a", [1], 10);
        store.Outbox.MarkDelivered(store.Outbox.ReadPending().Single(), 20);
        store.Outbox.Add("e2", "a", [1], 10);

        store.Outbox.ClearProgress();

        Assert.IsEmpty(store.Outbox.ReadPending());
        Assert.AreEqual(1, store.Outbox.CountDelivered("a"));
        Assert.AreEqual(new OutboxProgress(5, LastBlock: null, LastBlockHash: null), store.Outbox.FindProgress("a"));
        Assert.AreEqual(new OutboxProgress(6, LastBlock: null, LastBlockHash: null), store.Outbox.FindProgress("b"));
    }

    [TestMethod]
    public void RemoveEndpoint_WithMessages_ForgetsOnlyWhatItWasNotTold()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Outbox.PutProgress("a", new OutboxProgress(5, 7, Sha256.Hash([1])));
        store.Outbox.Add("e1", "a", [1], 10);
        store.Outbox.Add("e2", "a", [1], 10);
        store.Outbox.Add("e1", "b", [1], 10);
        store.Outbox.MarkDelivered(store.Outbox.ReadPending()[0], 20);

        Assert.AreEqual(1, store.Outbox.RemoveEndpoint("a"));

        Assert.IsNull(store.Outbox.FindProgress("a"));
        Assert.AreEqual("b", store.Outbox.ReadPending().Single().Endpoint);
        Assert.IsFalse(store.Outbox.Add("e1", "a", [1], 30));
    }

    [TestMethod]
    public void PutProgress_Twice_KeepsTheLast()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        OutboxProgress first = new(5, LastBlock: null, LastBlockHash: null);
        OutboxProgress second = new(5, 9, Sha256.Hash([9]));
        Assert.IsNull(store.Outbox.FindProgress("a"));

        store.Outbox.PutProgress("a", first);
        Assert.AreEqual(first, store.Outbox.FindProgress("a"));
        store.Outbox.PutProgress("a", second);

        Assert.AreEqual(second, store.Outbox.FindProgress("a"));
    }
}
