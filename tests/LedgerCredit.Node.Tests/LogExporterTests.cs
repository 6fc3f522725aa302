using System.Security.Cryptography;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Exporting;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Tests.Witnessing;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests;

/// <summary>What is exported is a static tlog that a client who knows only the specification reads and verifies.</summary>
[TestClass]
public sealed class LogExporterTests
{
    private const string Authority = TestWorkspace.Authority;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(1)]
    [DataRow(255)]
    [DataRow(256)]
    [DataRow(257)]
    [DataRow(700)]
    public void Export_AnySize_IsReadByAnIndependentClient(int size)
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        Fill(workspace, 0, size);
        using TestFolder folder = new();

        LogExport export = Export(workspace, folder);

        Assert.AreEqual((ulong)size, export.TreeSize);
        Verify(workspace, folder, size);
    }

    [TestMethod]
    public async Task Export_CosignedCheckpoint_CarriesTheLinesOfItsWitnesses()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        await using WitnessScene witness = new();
        witness.Folder.AddLog(workspace.LogOf(Authority).Origin, TestWorkspace.VerifierKey(workspace.LogOf(Authority)));
        Fill(workspace, 0, 5);
        using (WitnessClient client = new(WitnessClient.DefaultTimeout, TimeProvider.System))
        using (Store store = workspace.OpenStore())
        {
            await new WitnessRound(store, [witness.Config], client).RunAsync(workspace.LogOf(Authority), _ => { }, TestContext.CancellationToken);
        }

        using TestFolder folder = new();
        Export(workspace, folder);

        Assert.IsTrue(SignedNote.TryParse(File.ReadAllBytes(folder.File("log", Authority, "checkpoint")), out SignedNote? note, out _));
        Assert.HasCount(2, note.Signatures);
        Assert.IsTrue(witness.Key.Verify(note.Text, note.Signatures[1]));
        Verify(workspace, folder, 5);

        // The next one is added to it, and nobody knows it yet.
        Fill(workspace, 5, 1);
        Export(workspace, folder);
        Verify(workspace, folder, 6);
        Assert.IsTrue(SignedNote.TryParse(File.ReadAllBytes(folder.File("log", Authority, "checkpoint")), out note, out _));
        Assert.HasCount(1, note.Signatures);
    }

    [TestMethod]
    public void Export_Empty_WritesNothing()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        using TestFolder folder = new();

        LogExport export = Export(workspace, folder);

        Assert.AreEqual(0, export.FilesWritten);
        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Export_Again_WritesOnlyWhatIsNew()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        using TestFolder folder = new();
        Fill(workspace, 0, 600);
        LogExport first = Export(workspace, folder);
        LogExport same = Export(workspace, folder);
        Fill(workspace, 600, 300);
        LogExport grown = Export(workspace, folder);

        // 600 entries: tiles and bundles 0, 1 and a partial 2, one partial tile of level 1, the checkpoint.
        Assert.AreEqual(8, first.FilesWritten);

        // The three partial ones and the checkpoint.
        Assert.AreEqual(4, same.FilesWritten);
        Assert.AreEqual(6, grown.FilesWritten);
        Verify(workspace, folder, 900);
        Assert.IsEmpty(Directory.EnumerateFiles(folder.Path, "*.new", SearchOption.AllDirectories));
    }

    [TestMethod]
    public void Export_ErasedRecord_StaysInTheLog()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        Fill(workspace, 0, 10);
        workspace.Erase(Authority, RecordKind.Rating, "R-4");
        using TestFolder folder = new();

        Export(workspace, folder);

        Verify(workspace, folder, 10);
    }

    [TestMethod]
    [DataRow(5, DisplayName = "small logs, which have no full tile")]
    [DataRow(300, DisplayName = "logs with full tiles")]
    public void Export_OverAnotherLogOfTheSameName_IsRefusedAndWritesNothing(int size)
    {
        using TestWorkspace one = TestWorkspace.Create(Authority);
        using TestWorkspace other = TestWorkspace.Create(Authority);
        Fill(one, 0, size);
        Fill(other, 0, size + 5);
        using TestFolder folder = new();
        Export(one, folder);
        string[] before = Hashes(folder);

        Assert.ThrowsExactly<LogIntegrityException>(() => Export(other, folder));

        Assert.AreSequenceEqual(before, Hashes(folder));
    }

    [TestMethod]
    public void Export_FromARewrittenStore_IsRefused()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        Fill(workspace, 0, 6);
        using TestFolder folder = new();
        Export(workspace, folder);
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            foreach (string table in (string[])["tile", "checkpoint"])
            {
                file.Execute($"DELETE FROM {table}");
            }
        }

        StoreRewriter.Resign(workspace, Authority, 6, SampleRecords.Rating(Authority, 77), index: 2);

        Assert.ThrowsExactly<LogIntegrityException>(() => Export(workspace, folder));
    }

    [TestMethod]
    public void Export_FromAnOlderStore_IsRefused()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        Fill(workspace, 0, 6);
        using TestWorkspace backup = workspace.Copy();
        Fill(workspace, 6, 6);
        using TestFolder folder = new();
        Export(workspace, folder);

        LogIntegrityException e = Assert.ThrowsExactly<LogIntegrityException>(() => Export(backup, folder));

        Assert.Contains("covers 12 entries", e.Message);
    }

    [TestMethod]
    [DataRow("DELETE FROM entry WHERE position & 255 = 3", DisplayName = "entry missing")]
    [DataRow("DELETE FROM entry WHERE position & 255 = 9", DisplayName = "last entry missing")]
    [DataRow("DELETE FROM tile", DisplayName = "tile missing")]
    [DataRow("UPDATE entry SET entry = zeroblob(66) WHERE position & 255 = 3", DisplayName = "entry altered")]
    [DataRow("UPDATE tile SET hashes = zeroblob(length(hashes))", DisplayName = "tile altered")]
    [DataRow("UPDATE checkpoint SET note = zeroblob(100)", DisplayName = "checkpoint altered")]
    public void Export_FromADamagedStore_NeverPublishesACheckpoint(string damage)
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        Fill(workspace, 0, 10);
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            file.Execute(damage);
        }

        using TestFolder folder = new();

        Assert.ThrowsExactly<LogIntegrityException>(() => Export(workspace, folder));

        Assert.IsFalse(File.Exists(folder.File("log", Authority, "checkpoint")));
    }

    private static void Fill(TestWorkspace workspace, int first, int count)
    {
        using Store store = workspace.OpenStore();
        using LogKey key = workspace.OpenLogKey(Authority);
        new Sequencer(store, store.Logs.Find(Authority)!, key).Append([.. SampleRecords.Mixed(Authority, first, count).Select(workspace.Prepare)]);
    }

    private LogExport Export(TestWorkspace workspace, TestFolder folder)
    {
        using Store store = workspace.Workspace.OpenStore(StoreAccess.Read);
        return new LogExporter(store).Export(store.Logs.Find(Authority)!, folder.Path, TestContext.CancellationToken);
    }

    private static void Verify(TestWorkspace workspace, TestFolder folder, int size)
    {
        StoredLog log = workspace.LogOf(Authority);
        string root = folder.File("log", Authority);
        Assert.IsTrue(SignedNote.TryParse(File.ReadAllBytes(Path.Combine(root, "checkpoint")), out SignedNote? note, out _));
        Assert.AreEqual(NoteFailure.None, note.Verify(TestWorkspace.VerifierKey(log)));
        Assert.IsTrue(Checkpoint.TryParse(note.Text, out Checkpoint? signed, out _));
        TlogClient client = new(root);
        (string origin, long published, byte[] rootHash) = client.ReadCheckpoint();
        Assert.AreEqual(log.Origin, origin);
        Assert.AreEqual(size, published);
        Assert.AreSequenceEqual(signed.RootHash.ToArray(), rootHash);

        // From the entries up: every hash of every tile, and the root over them.
        byte[][] leaves = [.. client.ReadEntries(size).Select(entry => SHA256.HashData([0, .. entry]))];
        Assert.HasCount(size, leaves);
        AssertSame(leaves, client.ReadLevel(0, size));
        byte[][] nodes = [.. leaves.Chunk(256).Where(chunk => chunk.Length == 256).Select(chunk => TlogClient.Root(chunk))];
        AssertSame(nodes, client.ReadLevel(1, size));
        Assert.AreSequenceEqual(rootHash, TlogClient.Root(leaves));
    }

    private static void AssertSame(IReadOnlyList<byte[]> expected, IReadOnlyList<byte[]> actual) =>
        Assert.AreSequenceEqual(expected.Select(Convert.ToHexString), actual.Select(Convert.ToHexString));

    private static string[] Hashes(TestFolder folder) =>
    [
        .. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => $"{path} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"),
    ];
}
