using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Primitives;
using LedgerCredit.Testing;

namespace LedgerCredit.Import.Tests;

/// <summary>The real files, which are not part of the project: what becomes of their rows, to the last one.</summary>
/// <remarks>docs/import.md justifies each number.</remarks>
[TestClass]
public sealed class RealFileTests
{
    [TestMethod]
    [DataRow(ImportFormat.WorldBank, "mdb_worldbank_ineligible.csv", 1285, "accepted 1011, natural-person 173, possible-natural-person 101")]
    [DataRow(ImportFormat.Ebrd, "mdb_ebrd_ineligible.csv", 1322, "accepted 1088, natural-person 128, possible-natural-person 106")]
    [DataRow(ImportFormat.Ofac, "ofac_sdn.csv", 7379, "accepted 2994, natural-person 3845, not-an-organisation 540")]
    [DataRow(ImportFormat.Ratings, "ratings_us_corporate_actions.csv", 7805, "accepted 7805")]
    public void Read_RealFile_AccountsForEachRow(ImportFormat format, string name, int count, string tally)
    {
        List<ImportRow> rows = Read(format, name, Importing.NoOptions);

        Assert.HasCount(count, rows);
        Assert.AreEqual(tally, Importing.Tally(rows));
        Assert.AreSequenceEqual(Enumerable.Range(1, count).ToList(), rows.Select(row => (int)row.RowNumber).ToList());
    }

    [TestMethod]
    [DataRow(ImportFormat.WorldBank, "mdb_worldbank_ineligible.csv", 1285)]
    [DataRow(ImportFormat.Ebrd, "mdb_ebrd_ineligible.csv", 1322)]
    public void Read_RealFileWithPersonsAllowed_AcceptsEachRow(ImportFormat format, string name, int count)
    {
        List<ImportRow> rows = Read(format, name, new ImportOptions { Rules = new RecordRules { AllowNaturalPersons = true } });

        Assert.AreEqual($"accepted {count}", Importing.Tally(rows));
    }

    [TestMethod]
    [DataRow(ImportFormat.WorldBank, "mdb_worldbank_ineligible.csv")]
    [DataRow(ImportFormat.Ebrd, "mdb_ebrd_ineligible.csv")]
    [DataRow(ImportFormat.Ofac, "ofac_sdn.csv")]
    [DataRow(ImportFormat.Ratings, "ratings_us_corporate_actions.csv")]
    public void Read_RealFileTwice_GivesTheSameUniqueRecords(ImportFormat format, string name)
    {
        List<ImportRow> rows = Read(format, name, Importing.NoOptions);

        List<CreditRecord> first = [.. rows.Where(row => row.IsAccepted).Select(row => row.Record!)];
        List<CreditRecord> second = [.. Read(format, name, Importing.NoOptions).Where(row => row.IsAccepted).Select(row => row.Record!)];
        Assert.HasCount(first.Count, first.Select(record => (record.Issuer, record.Id)).Distinct().ToList());
        Assert.IsTrue(first.Zip(second).All(pair => pair.First.ToCanonicalBytes().AsSpan().SequenceEqual(pair.Second.ToCanonicalBytes())));
    }

    [TestMethod]
    [DataRow(ImportFormat.WorldBank, "mdb_worldbank_ineligible.csv")]
    [DataRow(ImportFormat.Ebrd, "mdb_ebrd_ineligible.csv")]
    [DataRow(ImportFormat.Ofac, "ofac_sdn.csv")]
    [DataRow(ImportFormat.Ratings, "ratings_us_corporate_actions.csv")]
    public void TryDetect_RealFile_FindsTheFormat(ImportFormat format, string name)
    {
        byte[] bytes = File.ReadAllBytes(SharedFiles.Require("data", name));

        Assert.IsTrue(ImportFormatDetector.TryDetect(bytes.AsSpan(0, ImportFormatDetector.HeadBytes), out ImportFormat found));
        Assert.AreEqual(format, found);
    }

    [TestMethod]
    public void Read_RealRatings_DerivesTheKnownNumberOfActions()
    {
        List<ImportRow> rows = Read(ImportFormat.Ratings, "ratings_us_corporate_actions.csv", Importing.NoOptions);

        string actions = string.Join(", ", rows
            .GroupBy(row => $"{row.Record!.Claim("action")}/{row.Record!.Claim("actionSource")}")
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} {group.Count()}"));
        Assert.AreEqual(
            "affirm/compared 4095, default/compared 3, default/first-in-file 1, downgrade/compared 967, initial/first-in-file 1697, upgrade/compared 1042",
            actions);
    }

    [TestMethod]
    public void Read_RealEbrd_MendsQuotationMarksAndUnitesChina()
    {
        List<ImportRow> rows = Read(ImportFormat.Ebrd, "mdb_ebrd_ineligible.csv", Importing.NoOptions);

        List<CreditRecord> records = [.. rows.Where(row => row.IsAccepted).Select(row => row.Record!)];
        Assert.Contains("Closed Joint Stock Co \"Sharora\"", records.Select(record => record.Claim("subjectName")).ToList());
        Assert.AreEqual(4, rows.Count(row => row.Warnings.Any(warning => warning.Contains("quotation marks", StringComparison.Ordinal))));
        Assert.IsEmpty(records.Where(record => record.Claim("country")!.Contains("Republic of China", StringComparison.Ordinal)).ToList());
    }

    [TestMethod]
    [DataRow(ImportFormat.WorldBank, "mdb_worldbank_ineligible.csv")]
    [DataRow(ImportFormat.Ebrd, "mdb_ebrd_ineligible.csv")]
    [DataRow(ImportFormat.Ofac, "ofac_sdn.csv")]
    [DataRow(ImportFormat.Ratings, "ratings_us_corporate_actions.csv")]
    public void EntryCalculator_RealFile_EqualsTheSlowWayForEachRecord(ImportFormat format, string name)
    {
        EntryCalculator calculator = new(RulePackCatalog.Shipped, Bytes32.FromUInt64(1));
        List<byte[]> expected = [];
        foreach (ImportRow row in Read(format, name, Importing.NoOptions).Where(row => row.IsAccepted))
        {
            Bytes32 secret = Bytes32.FromUInt64((ulong)row.RowNumber);
            LogEntry? entry = PreparedRecord.TryCommit(row.Record!, RulePackCatalog.Shipped, Bytes32.FromUInt64(1), secret, out _);
            Assert.IsTrue(calculator.TryAdd(row.Record!.ToCanonicalBytes(), secret), $"row {row.RowNumber}");
            expected.Add(entry!.Encode());
        }

        calculator.Compute();

        Assert.AreSequenceEqual(expected.SelectMany(entry => entry).ToArray(), calculator.Entries.ToArray());
    }

    private static List<ImportRow> Read(ImportFormat format, string name, ImportOptions options) => Importing.RowsOfFile(
        format,
        SharedFiles.Require("data", name),
        format == ImportFormat.Ofac ? options with { IssuedAt = Importing.IssuedAt } : options);
}
