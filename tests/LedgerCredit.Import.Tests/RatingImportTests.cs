using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;

namespace LedgerCredit.Import.Tests;

[TestClass]
public sealed class RatingImportTests
{
    private const string Head = "Rating Agency,Corporation,Rating,Rating Date,CIK,Current Ratio,Rating Action,Outlook\n";

    [TestMethod]
    public void Read_Row_BecomesTheRecord()
    {
        CreditRecord record = Importing.Accepted(
            ImportFormat.Ratings, Head + "Moody's Investors Service,Example Corp.,BBB+,7/30/2010,9990000001,1.1507,,\n", Importing.NoOptions);

        Assert.StartsWith("moodys-9990000001-2010-07-30-", record.Id);
        Assert.AreEqual("moodys", record.Issuer);
        Assert.AreEqual("cik:9990000001", record.Subject.ToString());
        Assert.AreEqual("2010-07-30T00:00:00Z", record.IssuedAt);
        Assert.AreEqual("BBB+", record.Claim("symbol"));
        Assert.AreEqual("sp-long-term", record.Claim("scale"));
        Assert.IsNotNull(record.Claims.Find("symbolConverted"));
        Assert.AreEqual("1.1507", record.Source("Current Ratio"));
    }

    [TestMethod]
    public void Read_Series_DerivesActionsFromTheRowBefore()
    {
        string[] symbols = ["BBB", "BBB", "BBB+", "AA-", "A+", "CC", "C", "D", "D", "CCC-"];
        string file = Head + string.Concat(symbols.Select((symbol, i) => $"Fitch Ratings,Example Corp.,{symbol},1/1/{2010 + i},1,,,\n"));

        Assert.AreEqual(
            "initial affirm upgrade upgrade downgrade downgrade downgrade default affirm upgrade",
            Actions(Importing.Rows(ImportFormat.Ratings, file)));
    }

    [TestMethod]
    public void Read_OtherAgencyOrCompany_IsAnotherSeries()
    {
        const string File = Head
            + "Fitch Ratings,Example A,BBB,1/1/2012,1,,,\n"
            + "Fitch Ratings,Example B,A,1/1/2011,1,,,\n"
            + "DBRS,Example A,C,1/1/2010,1,,,\n"
            + "Fitch Ratings,Example A,A,1/2/2012,1,,,\n";

        Assert.AreEqual("initial initial initial upgrade", Actions(Importing.Rows(ImportFormat.Ratings, File)));
    }

    [TestMethod]
    public void Read_EarlierDateInASeries_IsRejectedAndChangesNothing()
    {
        const string File = Head
            + "DBRS,Example A,BBB,1/2/2012,1,,,\n"
            + "DBRS,Example A,AAA,1/1/2012,1,,,\n"
            + "DBRS,Example A,A,1/3/2012,1,,,\n";
        List<ImportRow> rows = Importing.Rows(ImportFormat.Ratings, File);

        Assert.AreEqual("out-of-order", rows[1].Reject!.Code);
        Assert.AreEqual("upgrade", rows[2].Record!.Claim("action"));
    }

    [TestMethod]
    public void Read_RowRejectedByTheRecord_IsNotComparedWith()
    {
        const string File = Head
            + "DBRS,Example A,BBB,1/1/2012,1,,,\n"
            + "DBRS,Example A,AAA,1/2/2012,not a number,,,\n"
            + "DBRS,Example A,A,1/3/2012,1,,,\n";
        List<ImportRow> rows = Importing.Rows(ImportFormat.Ratings, File);

        Assert.AreEqual("bad-cik", rows[1].Reject!.Code);
        Assert.AreEqual("upgrade", rows[2].Record!.Claim("action"));
    }

    [TestMethod]
    public void Read_StatedAction_IsKept()
    {
        CreditRecord record = Importing.Accepted(ImportFormat.Ratings, Head + "DBRS,Example A,BBB,1/1/2012,1,,Outlook,negative\n");

        Assert.AreEqual("outlook", record.Claim("action"));
        Assert.AreEqual("file", record.Claim("actionSource"));
        Assert.AreEqual("negative", record.Claim("outlook"));
    }

    [TestMethod]
    [DataRow("DBRS,Example A,BBB,13/1/2012,1,,,", "bad-date")]
    [DataRow("DBRS,Example A,BBB,2/30/2012,1,,,", "bad-date")]
    [DataRow("DBRS,Example A,BBB,,1,,,", "bad-date")]
    [DataRow("DBRS,Example A,Baa1,1/1/2012,1,,,", "unknown-symbol")]
    [DataRow("DBRS,Example A,AAA+,1/1/2012,1,,,", "unknown-symbol")]
    [DataRow("DBRS,Example A,D-,1/1/2012,1,,,", "unknown-symbol")]
    [DataRow("DBRS,,BBB,1/1/2012,1,,,", "bad-name")]
    [DataRow(",Example A,BBB,1/1/2012,1,,,", "unknown-agency")]
    [DataRow("评级,Example A,BBB,1/1/2012,1,,,", "unknown-agency")]
    [DataRow("DBRS,Example A,BBB,1/1/2012,,,,", "bad-cik")]
    [DataRow("DBRS,Example A,BBB,1/1/2012,1,,guess,", "unknown-action")]
    [DataRow("DBRS,Example A,BBB,1/1/2012,1,", "wrong-column-count")]
    public void Read_BadRow_IsRejected(string row, string code)
    {
        Assert.AreEqual(code, Importing.Rejected(ImportFormat.Ratings, $"{Head}{row}\n").Code);
    }

    [TestMethod]
    public void Read_LetterThatNobodyUses_IsAcceptedWithWarning()
    {
        Assert.HasCount(1, Importing.Rows(ImportFormat.Ratings, Head + "DBRS,Example A,CC+,1/1/2012,1,,,\n")[0].Warnings);
    }

    [TestMethod]
    public void Read_UnknownAgency_GetsASlugOfItsName()
    {
        Assert.AreEqual(
            "example-ratings-co", Importing.Accepted(ImportFormat.Ratings, Head + "Example Ratings Co.,E,BBB,1/1/2012,1,,,\n", Importing.NoOptions).Issuer);
    }

    private static string Actions(IEnumerable<ImportRow> rows) =>
        string.Join(' ', rows.Select(row => row.Record?.Claim("action") ?? row.Reject!.Code));
}
