using LedgerCredit.Node.Auditing;

namespace LedgerCredit.Node.Tests;

/// <summary>Bytes of the database file itself are altered, below SQL.</summary>
[TestClass]
public sealed class AuditFileTests
{
    private const int Seed = 20261121;
    private const int Flips = 600;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Audit_AnyByteOfTheFileAltered_DivergesUnlessContentIsTheSame()
    {
        await using AuditFixture fixture = await AuditFixture.StartAsync(TestContext.CancellationToken);
        using TestWorkspace copy = fixture.Workspace.Copy();
        string path = copy.Workspace.StorePath;
        using (StoreFile file = new(path))
        {
            file.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        byte[] original = File.ReadAllBytes(path);
        IReadOnlyList<string> content = Content(path);
        int[] used = [.. Enumerable.Range(0, original.Length).Where(i => original[i] != 0)];
        Random random = new(Seed);
        int diverging = 0;
        for (int i = 0; i < Flips; i++)
        {
            // Most of a small store is unused space, so every second place is one that is not zero.
            int place = i < 100 ? i : i % 2 == 0 ? used[random.Next(used.Length)] : random.Next(original.Length);
            byte[] altered = [.. original];
            altered[place] ^= (byte)random.Next(1, 256);
            File.Delete(path + "-wal");
            File.Delete(path + "-shm");
            File.WriteAllBytes(path, altered);

            AuditReport report = await copy.AuditAsync(fixture.Session, TestContext.CancellationToken);

            if (report.Verdict == AuditVerdict.Diverges)
            {
                diverging++;
                continue;
            }

            Assert.AreEqual(AuditVerdict.Sound, report.Verdict);
            Assert.AreSequenceEqual(content, Content(path), $"Byte {place} of the file, seed {Seed}: content changed, but the audit is sound.");
        }

        Assert.IsGreaterThan(Flips / 4, diverging);
    }

    [TestMethod]
    public async Task Audit_FileTruncatedAnywhere_Diverges()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        workspace.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, 0, 30));
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            file.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        byte[] original = File.ReadAllBytes(workspace.Workspace.StorePath);
        foreach (int length in (int[])[1, 16, 99, 100, 8191, 8192, 8193, original.Length / 2, original.Length - 8192, original.Length - 1])
        {
            File.WriteAllBytes(workspace.Workspace.StorePath, original[..length]);
            AuditReport report = await workspace.AuditAsync(TestContext.CancellationToken);
            Assert.AreEqual(AuditVerdict.Diverges, report.Verdict, $"{length} of {original.Length} bytes: {TestWorkspace.Describe(report)}");
        }
    }

    [TestMethod]
    [DataRow("", DisplayName = "empty")]
    [DataRow("not a database, but some text that is longer than the header of a database would be, which has one hundred bytes", DisplayName = "text")]
    public async Task Audit_FileOfSomethingElse_Diverges(string text)
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        File.WriteAllText(workspace.Workspace.StorePath, text);
        File.Delete(workspace.Workspace.StorePath + "-wal");

        AuditReport report = await workspace.AuditAsync(TestContext.CancellationToken);

        Assert.AreEqual(AuditVerdict.Diverges, report.Verdict);
        Assert.AreEqual("store-damaged", report.Findings[0].Code);
    }

    // Everything that SQL shows of the store, in the order of the keys.
    private static List<string> Content(string path)
    {
        List<string> rows = [];
        using StoreFile file = new(path);
        string[] tables = ["log", "entry", "erasure", "index_run", "index_chunk", "tile", "checkpoint", "anchor"];
        foreach (string table in tables)
        {
            foreach (object?[] row in file.Query($"SELECT * FROM {table}").Concat(file.Query($"SELECT count(*) FROM {table}")))
            {
                rows.Add($"{table}: {string.Join(", ", row.Select(v => v is byte[] bytes ? Convert.ToHexString(bytes) : v?.ToString()))}");
            }
        }

        return rows;
    }
}
