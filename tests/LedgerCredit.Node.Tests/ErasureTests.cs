using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests;

/// <summary>What is erased is gone from every file of the store, and nothing else is.</summary>
[TestClass]
public sealed class ErasureTests
{
    public TestContext TestContext { get; set; } = null!;

    // Many records first, in an order that makes the index's pages split and move rows, so that old copies would be found.
    [TestMethod]
    public async Task Erase_AmongManyRecords_LeavesNoBytesInAnyFile()
    {
        const int Count = 3000;
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        Random random = new(7);
        int[] numbers = [.. Enumerable.Range(0, Count)];
        random.Shuffle(numbers);
        using (Store store = workspace.OpenStore())
        using (LogKey key = workspace.OpenLogKey(TestWorkspace.Authority))
        {
            Sequencer sequencer = new(store, store.Logs.Find(TestWorkspace.Authority)!, key);
            foreach (int[] batch in numbers.Chunk(100))
            {
                sequencer.Append([.. batch.Select(number => workspace.Prepare(Unique(number)))]);
            }
        }

        int[] erased = [.. numbers.Take(40), .. numbers.TakeLast(3)];
        List<byte[]> secrets = [];
        foreach (int number in erased)
        {
            using (StoreFile file = new(workspace.Workspace.StorePath))
            {
                secrets.Add(file.Scalar<byte[]>("SELECT secret FROM entry WHERE json_extract(CAST(record AS TEXT), '$.id') = @0", Id(number)));
            }

            workspace.Erase(TestWorkspace.Authority, RecordKind.Rating, Id(number));
        }

        foreach (string path in Directory.EnumerateFiles(workspace.Workspace.Folder, "ledgercredit.db*"))
        {
            byte[] bytes = File.ReadAllBytes(path);
            for (int i = 0; i < erased.Length; i++)
            {
                foreach (byte[] needle in (byte[][])[secrets[i], secrets[i][..16], Encoding.UTF8.GetBytes(Id(erased[i])), Encoding.UTF8.GetBytes(Subject(erased[i])), Encoding.UTF8.GetBytes(Note(erased[i]))])
                {
                    Assert.AreEqual(-1, bytes.AsSpan().IndexOf(needle), $"Record {erased[i]} ({Encoding.UTF8.GetString(needle)}) is still in {Path.GetFileName(path)}.");
                }
            }
        }

        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = Count }, TestContext.CancellationToken);
        AuditReport report = await workspace.AuditAsync(TestContext.CancellationToken);
        Assert.HasCount(erased.Length, report.Logs.Single().Erased);
    }

    [TestMethod]
    public void Erase_WhileAnotherProcessReads_SaysSoAndCanBeCompleted()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        workspace.Append(TestWorkspace.Authority, Unique(1));
        using Store reader = workspace.Workspace.OpenStore(StoreAccess.Read);
        using Store store = workspace.OpenStore();
        using LogKey key = workspace.OpenLogKey(TestWorkspace.Authority);
        FoundRecord found = RecordFinder.Find(store, Id(1), issuer: null, kind: null).Single();
        RecordEraser eraser = new(store, TimeProvider.System);
        using (StoreTransaction snapshot = reader.BeginRead())
        {
            reader.Logs.ReadAll();
            Assert.ThrowsExactly<IOException>(() => eraser.Erase(found, key, SampleRecords.Rules, ""));
        }

        Assert.IsNotNull(eraser.FindErased(found.Log, key, RecordKind.Rating, Id(1)));
        eraser.CompleteErasures();
        Assert.AreEqual(0, new FileInfo(workspace.Workspace.StorePath + "-wal").Length);
        Assert.AreEqual(-1, File.ReadAllBytes(workspace.Workspace.StorePath).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Id(1))));
    }

    [TestMethod]
    [DataRow("two\nlines")]
    [DataRow("tab\t")]
    public void Erase_ReasonOfMoreThanALine_IsRefusedAndErasesNothing(string reason)
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        workspace.Append(TestWorkspace.Authority, Unique(1));
        using Store store = workspace.OpenStore();
        using LogKey key = workspace.OpenLogKey(TestWorkspace.Authority);
        FoundRecord found = RecordFinder.Find(store, Id(1), issuer: null, kind: null).Single();

        Assert.ThrowsExactly<ArgumentException>(() => new RecordEraser(store, TimeProvider.System).Erase(found, key, SampleRecords.Rules, reason));

        Assert.IsNotNull(store.Entries.Find(found.Position)!.Record);
    }

    [TestMethod]
    public void Erase_FoundBeforeAnotherProcessErasedIt_GivesThatStatement()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        workspace.Append(TestWorkspace.Authority, Unique(1));
        using Store store = workspace.OpenStore();
        using LogKey key = workspace.OpenLogKey(TestWorkspace.Authority);
        FoundRecord found = RecordFinder.Find(store, Id(1), issuer: null, kind: null).Single();
        RecordEraser eraser = new(store, TimeProvider.System);
        (ErasureStatement first, bool isFirstNew) = eraser.Erase(found, key, SampleRecords.Rules, "first");

        (ErasureStatement second, bool isSecondNew) = eraser.Erase(found, key, SampleRecords.Rules, "second");

        Assert.AreEqual((true, false), (isFirstNew, isSecondNew));
        Assert.AreEqual(first, second);
        Assert.AreEqual("first", second.Reason);
        Assert.HasCount(1, store.Entries.ReadErasures(found.Log.Number));
        Assert.IsEmpty(RecordFinder.Find(store, Id(1), issuer: null, kind: null));

        // A record that is gone without the log having said so is damage.
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            Assert.AreEqual(1, file.Execute("UPDATE erasure SET statement = CAST(replace(CAST(statement AS TEXT), 'first', 'other') AS BLOB)"));
        }

        Assert.ThrowsExactly<LogIntegrityException>(() => eraser.Erase(found, key, SampleRecords.Rules, ""));
    }

    private static string Id(int number) => FormattableString.Invariant($"id-{number * 7919 % 100_003:00000}-of-{number:0000}");

    private static string Subject(int number) => FormattableString.Invariant($"x-test:who-{number * 104_729 % 100_003:00000}-{number:0000}");

    private static string Note(int number) => FormattableString.Invariant($"note-about-{number:0000}");

    private static CreditRecord Unique(int number) => SampleRecords.Parse(
        $$"""
        {"kind":"rating","id":"{{Id(number)}}","issuer":"{{TestWorkspace.Authority}}","subject":"{{Subject(number)}}","issuedAt":"2026-03-01T00:00:00Z",
        "claims":{"agency":"a","scale":"s","symbol":"AA","action":"affirm","actedOn":"2026-02-03","note":"{{Note(number)}}{{new string('n', number % 11 == 0 ? 9000 : 5)}}"} }
        """);
}
