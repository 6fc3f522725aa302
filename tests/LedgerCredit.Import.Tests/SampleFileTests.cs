using System.Diagnostics;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;
using LedgerCredit.Testing;

namespace LedgerCredit.Import.Tests;

/// <summary>The shipped samples: made by their generator, and the same as CSV and as NDJSON.</summary>
[TestClass]
public sealed class SampleFileTests
{
    private static readonly string[] Names =
        ["penalties-2018.csv", "penalties-old-layout.csv", "penalties.ndjson", "ratings.csv", "ratings.ndjson"];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Generator_Run_WritesTheShippedFiles()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ledgercredit-samples");
        try
        {
            ProcessStartInfo start = new("node", [Sample("generate.mjs"), folder.FullName]) { RedirectStandardError = true };
            using Process node = Process.Start(start)!;
            string error = await node.StandardError.ReadToEndAsync(TestContext.CancellationToken);
            await node.WaitForExitAsync(TestContext.CancellationToken);

            Assert.AreEqual(0, node.ExitCode, error);
            foreach (string name in Names)
            {
                Assert.IsTrue(
                    File.ReadAllBytes(Sample(name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder.FullName, name))),
                    $"{name} is not what generate.mjs writes.");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void Read_PenaltyCsv_GivesTheRecordsOfTheNdjson()
    {
        List<ImportRow> csv =
        [
            .. Importing.RowsOfFile(ImportFormat.Cf, Sample("penalties-2018.csv"), Importing.Options),
            .. Importing.RowsOfFile(ImportFormat.Cf, Sample("penalties-old-layout.csv"), Importing.Options),
        ];
        List<ImportRow> ndjson = Importing.RowsOfFile(ImportFormat.Ndjson, Sample("penalties.ndjson"), Importing.Options);

        Assert.AreEqual("accepted 220, bad-uscc 1, natural-person 2", Importing.Tally(csv));
        AssertSameRecords(csv, ndjson);
    }

    [TestMethod]
    public void Read_RatingCsv_GivesTheRecordsOfTheNdjson()
    {
        List<ImportRow> csv = Importing.RowsOfFile(ImportFormat.Ratings, Sample("ratings.csv"), Importing.NoOptions);
        List<ImportRow> ndjson = Importing.RowsOfFile(ImportFormat.Ndjson, Sample("ratings.ndjson"), Importing.NoOptions);

        Assert.AreEqual("accepted 100", Importing.Tally(csv));
        Assert.HasCount(3, csv.Select(row => row.Record!.Issuer).Distinct().ToList());
        AssertSameRecords(csv, ndjson);
    }

    [TestMethod]
    public void TryCreate_TermsOfEachPenalty_Succeeds()
    {
        foreach (ImportRow row in Importing.RowsOfFile(ImportFormat.Ndjson, Sample("penalties.ndjson"), Importing.NoOptions))
        {
            bool hasTerms = SanctionTerms.TryCreate(
                row.Record!, RulePackCatalog.Shipped, default, default, out SanctionTerms? terms, out RecordProblem? problem);

            Assert.IsTrue(hasTerms, $"{row.Record!.Id}: {problem}");
            Assert.IsNotNull(terms);
        }
    }

    [TestMethod]
    public void Read_PenaltyCsv_CopiesNothingPersonal()
    {
        IEnumerable<ImportRow> rows = Importing.RowsOfFile(ImportFormat.Cf, Sample("penalties-2018.csv"), Importing.Options)
            .Concat(Importing.RowsOfFile(ImportFormat.Cf, Sample("penalties-old-layout.csv"), Importing.Options));

        foreach (ImportRow row in rows)
        {
            byte[] bytes = row.IsAccepted ? row.Record.ToCanonicalBytes() : RejectLine.Encode("penalties.csv", row);
            string text = System.Text.Encoding.UTF8.GetString(bytes);
            Assert.IsFalse(
                text.Contains("示例甲", StringComparison.Ordinal) || text.Contains("示例乙", StringComparison.Ordinal)
                    || text.Contains("示例丙", StringComparison.Ordinal) || text.Contains("990000190001010000", StringComparison.Ordinal),
                text);
        }
    }

    private static void AssertSameRecords(IEnumerable<ImportRow> csv, IEnumerable<ImportRow> ndjson)
    {
        List<string> expected = [.. Canonical(ndjson)];
        List<string> actual = [.. Canonical(csv)];
        Assert.AreSequenceEqual(expected, actual);
    }

    private static IEnumerable<string> Canonical(IEnumerable<ImportRow> rows) =>
        rows.Where(row => row.IsAccepted).Select(row => System.Text.Encoding.UTF8.GetString(row.Record!.ToCanonicalBytes()));

    private static string Sample(string name) => RepositoryFiles.Path("scripts", "samples", name);
}
