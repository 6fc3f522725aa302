using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Import;
using LedgerCredit.Node.Ingest;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.Ingest;

/// <summary>The way of a file's rows to their logs: what several threads do together is what one would do, row by row.</summary>
[TestClass]
public sealed class RecordIngestTests
{
    private static readonly string[] Members = [TestWorkspace.Authority, TestWorkspace.Agency];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Ingest_MoreRowsThanAGroup_GivesTheTreeOfAllInFileOrder()
    {
        const int Rows = 10_500;
        using TestWorkspace workspace = TestWorkspace.Create(Members);
        string[] lines = [.. Enumerable.Range(0, Rows).Select(i => Line(SampleRecords.Rating(Members[i % 10 == 0 ? 1 : 0], i)))];

        Heard heard = Ingest(workspace, lines, new Heard(), TestContext.CancellationToken);

        Assert.AreEqual(new IngestSummary(Rows, Rows, 0, 0, 0, null), heard.Summary);
        Assert.AreSequenceEqual(Enumerable.Range(1, Rows).Select(i => (long)i), heard.Rows.Select(row => row.Place.RowNumber));
        Dictionary<string, ulong> sizes = [];
        foreach (IGrouping<string, RecordAcknowledgement> log in heard.Rows.Select(row => row.Acknowledgement!).GroupBy(a => a.Origin))
        {
            RecordAcknowledgement[] ofLog = [.. log];
            string issuer = log.Key.Split('/')[1];
            sizes[issuer] = (ulong)ofLog.Length;
            Assert.AreSequenceEqual(Enumerable.Range(0, ofLog.Length).Select(i => (ulong)i), ofLog.Select(a => a.LeafIndex));
            using LogKey key = workspace.OpenLogKey(issuer);
            Checkpoint last = TestWorkspace.VerifyCheckpoint(ofLog[^1].Checkpoint, key.Signer.VerifierKey);
            Assert.AreEqual((ulong)ofLog.Length, last.Size);
            Assert.AreEqual(NaiveTree.Root([.. ofLog.Select(a => a.LeafHash)]), last.RootHash);
        }

        // Again: the first acknowledgements, to the letter.
        Heard again = Ingest(workspace, lines, new Heard(), TestContext.CancellationToken);
        Assert.AreEqual(new IngestSummary(Rows, 0, Rows, 0, 0, null), again.Summary);
        Assert.AreSequenceEqual(heard.Rows.Select(row => row.Acknowledgement), again.Rows.Select(row => row.Acknowledgement));
        await workspace.CheckAsync(sizes, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Ingest_RandomRows_DoesWhatOneRowAfterTheOtherWould()
    {
        Random random = new(4);
        using TestWorkspace workspace = TestWorkspace.Create(Members);
        workspace.Append(TestWorkspace.Authority, SampleRecords.Rating(TestWorkspace.Authority, 3));
        workspace.Erase(TestWorkspace.Authority, RecordKind.Rating, "R-3");
        HashSet<string> erased = [TestWorkspace.Authority + "R-3"];
        Dictionary<string, string> model = [];
        Dictionary<string, ulong> sizes = new() { [TestWorkspace.Authority] = 1, [TestWorkspace.Agency] = 0 };
        for (int file = 0; file < 3; file++)
        {
            List<string> lines = [];
            List<string> expected = [];
            for (int i = 0; i < 1500; i++)
            {
                string issuer = Members[random.Next(2)];
                int number = random.Next(900);
                string line = Line(SampleRecords.Rating(issuer, number));
                line = random.Next(6) switch
                {
                    0 => line.Replace("\"AA\"", "\"BB\"", StringComparison.Ordinal),
                    1 => line.Replace(",\"kind\"", ",\"supersedes\":\"R-" + random.Next(900) + "x\",\"kind\"", StringComparison.Ordinal).Replace("\"R-" + number + "\"", "\"R-" + number + "x\"", StringComparison.Ordinal),
                    2 => line[..^1],
                    _ => line,
                };
                lines.Add(line);
                expected.Add(Expect(line, model, erased, sizes));
            }

            Heard heard = Ingest(workspace, lines, new Heard(), TestContext.CancellationToken);

            Assert.HasCount(expected.Count, heard.Rows);
            for (int i = 0; i < expected.Count; i++)
            {
                Assert.AreEqual(expected[i], heard.Rows[i].ToString(), $"row {i} of file {file}: {lines[i]}");
            }
        }

        Assert.IsGreaterThan(500, model.Count);
        await workspace.CheckAsync(sizes, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Ingest_UnknownIssuer_AppendsNothingOfItsGroup()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        string[] lines = [Line(SampleRecords.Rating(TestWorkspace.Authority, 1)), Line(SampleRecords.Rating("nobody-here", 2))];

        WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => Ingest(workspace, lines, new Heard(), TestContext.CancellationToken));

        Assert.Contains("nobody-here", e.Message);
        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 0 }, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Ingest_EndsEarly_KeepsWhatWasAcknowledgedAndGoesOnNextTime()
    {
        const int Rows = 11_000;
        string[] lines = [.. Enumerable.Range(0, Rows).Select(i => Line(SampleRecords.Rating(TestWorkspace.Authority, i)))];
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);

        // The listener gives up, then the operator, then the disk that the file is on.
        Heard first = new() { AtRow = (5, () => throw new InvalidOperationException("The listener gives up.")) };
        Assert.ThrowsExactly<InvalidOperationException>(() => Ingest(workspace, lines, first, TestContext.CancellationToken));
        ulong acknowledged = CountEntries(workspace);
        Assert.IsGreaterThanOrEqualTo((ulong)first.Rows.Count, acknowledged);

        using CancellationTokenSource cancel = new();
        Heard second = new() { AtRow = (6, cancel.Cancel) };
        Assert.Throws<OperationCanceledException>(() => Ingest(workspace, lines, second, cancel.Token));
        Assert.IsLessThan(Rows, second.Rows.Count);

        using MemoryStream bytes = new(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        using FailingStream failing = new(bytes, bytes.Length - 5000);
        Assert.ThrowsExactly<IOException>(() => Ingest(workspace, failing, new Heard(), TestContext.CancellationToken));

        Heard last = Ingest(workspace, lines, new Heard(), TestContext.CancellationToken);
        Assert.AreEqual(Rows, last.Summary!.Imported + last.Summary.AlreadyThere);
        Assert.AreSequenceEqual(Enumerable.Range(0, Rows).Select(i => (ulong)i), last.Rows.Select(row => row.Acknowledgement!.LeafIndex));
        foreach (Heard before in (Heard[])[first, second])
        {
            Assert.AreSequenceEqual(before.Rows.Select(row => row.Acknowledgement), last.Rows.Take(before.Rows.Count).Select(row => row.Acknowledgement));
        }

        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = Rows }, TestContext.CancellationToken);
    }

    [TestMethod]
    public void Ingest_RepairRecords_AreRejectedAndTheRestImported()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Members);
        string repair = Line(SampleRecords.Repair(TestWorkspace.Authority, 1));
        string[] lines = [repair, Line(SampleRecords.Rating(TestWorkspace.Authority, 1)), " " + repair, Line(SampleRecords.Rating(TestWorkspace.Authority, 2))];

        Heard heard = Ingest(workspace, lines, new Heard(), TestContext.CancellationToken);

        Assert.AreSequenceEqual((string[])["made-by-the-node", "Added 0", "made-by-the-node", "Added 1"], heard.Rows.Select(row => row.ToString()));
        Assert.AreEqual(2UL, CountEntries(workspace));
    }

    // One row after the other, by the rules of docs/import.md.
    private static string Expect(string line, Dictionary<string, string> model, HashSet<string> erased, Dictionary<string, ulong> sizes)
    {
        if (!CreditRecord.TryParse(Encoding.UTF8.GetBytes(line), SampleRecords.Rules, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems))
        {
            return problems[0].Code;
        }

        string key = record.Issuer + record.Id;
        if (model.TryGetValue(key, out string? known))
        {
            return known.EndsWith(line, StringComparison.Ordinal) ? "AlreadyThere " + known.Split(' ')[0] : "conflict";
        }

        if (erased.Contains(key))
        {
            return "erased";
        }

        string warning = record.Supersedes is not null && !model.ContainsKey(record.Issuer + record.Supersedes) ? " warned" : "";
        ulong index = sizes[record.Issuer]++;
        model.Add(key, index + " " + line);
        return "Added " + index + warning;
    }

    private static string Line(CreditRecord record) => Encoding.UTF8.GetString(record.ToCanonicalBytes());

    private static ulong CountEntries(TestWorkspace workspace)
    {
        using Store store = workspace.OpenStore();
        return store.Entries.Count(store.Logs.Find(TestWorkspace.Authority)!.Number);
    }

    private static Heard Ingest(TestWorkspace workspace, IEnumerable<string> lines, Heard heard, CancellationToken cancellationToken)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return Ingest(workspace, stream, heard, cancellationToken);
    }

    private static Heard Ingest(TestWorkspace workspace, Stream stream, Heard heard, CancellationToken cancellationToken)
    {
        using Store store = workspace.OpenStore();
        using RecordIngest ingest = new(workspace.Workspace, store, workspace.Keys, RulePackCatalog.Shipped);
        Assert.IsTrue(RecordImport.TryCreate(ImportFormat.Ndjson, new ImportOptions { Rules = SampleRecords.Rules }, out RecordImport? import, out ParseProblem? problem), problem?.ToString());
        heard.Summary = ingest.Ingest(import.ReadBatches(stream), heard, cancellationToken);
        return heard;
    }

    private sealed record HeardRow(RowPlace Place, string Result, RecordAcknowledgement? Acknowledgement)
    {
        public bool IsWarned { get; init; }

        public override string ToString() => Acknowledgement is null ? Result : $"{Result} {Acknowledgement.LeafIndex}{(IsWarned ? " warned" : "")}";
    }

    private sealed class Heard : IIngestListener
    {
        private readonly HashSet<RowPlace> _warned = [];

        public List<HeardRow> Rows { get; } = [];

        public IngestSummary? Summary { get; set; }

        public (int Row, Action Do)? AtRow { get; init; }

        public void OnRejected(RowPlace row, RejectReason reason) => Rows.Add(new HeardRow(row, reason.Code, null));

        public void OnAcknowledged(RowPlace row, AppendResult result, RecordAcknowledgement acknowledgement)
        {
            Rows.Add(new HeardRow(row, result.ToString(), acknowledgement) { IsWarned = _warned.Contains(row) });
            if (AtRow?.Row == Rows.Count)
            {
                AtRow.Value.Do();
            }
        }

        public void OnWarning(RowPlace row, string message) => _warned.Add(row);
    }

    /// <summary>A file on a disk that fails at a place.</summary>
    private sealed class FailingStream(Stream inner, long failsAt) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            inner.Position >= failsAt ? throw new IOException("The disk fails.") : inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
