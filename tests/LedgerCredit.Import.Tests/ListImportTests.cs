using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Import.Tests;

/// <summary>The sanction lists outside China, with rows of our own in their columns.</summary>
[TestClass]
public sealed class ListImportTests
{
    private const string WorldBankHead = "firm_name,additional_firm_info,address,country,ineligible_from,ineligible_to,grounds\r\n";

    private const string EbrdHead =
        "\uFEFFFirm Name,Address,Nationality,Ineligible From, Ineligible Until,Notice Effective At EBRD,Originating Institution,Prohibited Practice\n";

    [TestMethod]
    public void Read_WorldBankFirm_BecomesTheRecord()
    {
        CreditRecord record = Importing.Accepted(
            ImportFormat.WorldBank,
            WorldBankHead + "EXAMPLE ROADS LLC,*978,\"1 MAIN ROAD, BAKU\",Azerbaijan,2024-12-10,2027-08-09,Fraudulent Practices\r\n",
            Importing.NoOptions);

        Assert.StartsWith("worldbank-978-2024-12-10-", record.Id);
        Assert.AreEqual("worldbank", record.Issuer);
        Assert.AreEqual("x-worldbank:azerbaijan/example-roads-llc", record.Subject.ToString());
        Assert.AreEqual("2024-12-10T00:00:00Z", record.IssuedAt);
        Assert.AreEqual("none", record.Claim("grade"));
        Assert.AreEqual("2027-08-09", record.Claim("publicUntil"));
        Assert.AreEqual("1 MAIN ROAD, BAKU", record.Claim("address"));
        Assert.AreEqual("*978", record.Source("additional_firm_info"));
    }

    [TestMethod]
    public void Read_WorldBankWithoutEnd_HasNoPublicUntil()
    {
        CreditRecord record = Importing.Accepted(
            ImportFormat.WorldBank, WorldBankHead + "EXAMPLE ROADS LLC,,,China,1999-03-16,2999-12-31,Fraud\r\n");

        Assert.IsNull(record.Claims.Find("publicUntil"));
        Assert.AreEqual("2999-12-31", record.Source("ineligible_to"));
    }

    [TestMethod]
    public void Read_SameRowTwice_HasOneIdAndAnotherRowAnother()
    {
        const string Row = "EXAMPLE ROADS LLC,*978,A STREET,China,2024-12-10,2027-08-09,Fraud\r\n";
        List<ImportRow> rows = Importing.Rows(
            ImportFormat.WorldBank, WorldBankHead + Row + Row + Row.Replace("A STREET", "B STREET", StringComparison.Ordinal));

        Assert.AreEqual(rows[0].Record!.Id, rows[1].Record!.Id);
        Assert.AreNotEqual(rows[0].Record!.Id, rows[2].Record!.Id);
        Assert.AreEqual(rows[0].Record!.Subject, rows[2].Record!.Subject);
    }

    [TestMethod]
    public void Read_ColumnsInAnotherOrder_KeepTheId()
    {
        string first = Importing.Accepted(
            ImportFormat.WorldBank, WorldBankHead + "EXAMPLE ROADS LLC,*978,,China,2024-12-10,2027-08-09,Fraud\r\n").Id;
        string second = Importing.Accepted(
            ImportFormat.WorldBank,
            "grounds,country,firm_name,ineligible_to,ineligible_from,additional_firm_info\nFraud,China,EXAMPLE ROADS LLC,2027-08-09,2024-12-10,*978\n").Id;

        Assert.AreEqual(first, second);
    }

    [TestMethod]
    public void Read_DateMissing_NeedsIssuedAt()
    {
        const string File = WorldBankHead + "EXAMPLE ROADS LLC,,,China,,2999-12-31,Fraud\r\n";

        Assert.AreEqual("missing-date", Importing.Rejected(ImportFormat.WorldBank, File, Importing.NoOptions).Code);
        Assert.AreEqual(Importing.IssuedAt, Importing.Accepted(ImportFormat.WorldBank, File).IssuedAt);
    }

    [TestMethod]
    [DataRow("MR. JOHN EXAMPLE", "", "natural-person")]
    [DataRow("Mr John Example, owner of Example Roads LLC", "", "natural-person")]
    [DataRow("MS. JANE EXAMPLE", "", "natural-person")]
    [DataRow("DR.JANE EXAMPLE", "", "natural-person")]
    [DataRow("A.K.A. JOHNNY", "MR. JOHN EXAMPLE", "natural-person")]
    [DataRow("MD. EXAMPLE RAHMAN", "", "natural-person")]
    [DataRow("JOHN Q. EXAMPLE", "", "possible-natural-person")]
    [DataRow("JÓÃO D'EXEMPLO-SILVA", "", "possible-natural-person")]
    [DataRow("A.B. EXAMPLE", "", "possible-natural-person", DisplayName = "initials are no legal form")]
    [DataRow("JOHN \"ACE\" EXAMPLE (JACK)", "(ID No. 001)", "possible-natural-person")]
    public void Read_NameOfAPerson_IsRejected(string name, string addition, string code)
    {
        string file = $"{WorldBankHead}{Quoted(name)},{Quoted(addition)},,China,2024-12-10,2027-08-09,Fraud\r\n";

        Assert.AreEqual(code, Importing.Rejected(ImportFormat.WorldBank, file).Code);
        Assert.AreEqual(
            code == "natural-person" ? "natural-person" : null,
            Importing.Accepted(ImportFormat.WorldBank, file, Importing.WithPersons).Claim("subjectType"));
    }

    [TestMethod]
    [DataRow("M/S. A.S. EXAMPLE", "", DisplayName = "Messrs.")]
    [DataRow("MS Example Construction Co.", "")]
    [DataRow("DR. EXAMPLE LABORATORIES", "")]
    [DataRow("EXEMPLO COMÉRCIO", "")]
    [DataRow("EXAMPLE A.S.", "")]
    [DataRow("EXAMPLE ROADS", "(Reg. No. 123)")]
    [DataRow("EXAMPLEX", "")]
    [DataRow("EXAMPLE & DAUGHTER", "")]
    [DataRow("PT EXAMPLE JAYA", "")]
    public void Read_NameOfAnOrganisation_IsAccepted(string name, string addition)
    {
        string file = $"{WorldBankHead}{Quoted(name)},{Quoted(addition)},,China,2024-12-10,2027-08-09,Fraud\r\n";

        Assert.IsNull(Importing.Accepted(ImportFormat.WorldBank, file).Claims.Find("subjectType"));
    }

    [TestMethod]
    public void Read_ControlledAffiliate_IsAnOrganisation()
    {
        Importing.Accepted(
            ImportFormat.WorldBank, WorldBankHead + "EXAMPLE JAYA,,,China,2024-12-10,2027-08-09,Controlled Affiliate of a Sanctioned Individual\r\n");
    }

    [TestMethod]
    public void Read_EbrdRow_BecomesTheRecord()
    {
        CreditRecord record = Importing.Accepted(
            ImportFormat.Ebrd,
            EbrdHead + "\" Example Roads\nCo., Ltd.\",\"1 Main Road\",\"Peoples Republic of China\",\"2024-07-01T12:00:59Z\",\"2025-05-31T12:00:59Z\",\"2024-09-16T12:00:59Z\",\"EBRD\",\"Fraudulent Practice\"\n",
            Importing.NoOptions);

        Assert.StartsWith("ebrd-2024-09-16-", record.Id);
        Assert.AreEqual("ebrd", record.Issuer);
        Assert.AreEqual("x-ebrd:china/example-roads-co-ltd", record.Subject.ToString());
        Assert.AreEqual("2024-09-16T12:00:59Z", record.IssuedAt);
        Assert.AreEqual("2024-07-01", record.Claim("decidedOn"));
        Assert.AreEqual("2025-05-31", record.Claim("publicUntil"));
        Assert.AreEqual("Example Roads Co., Ltd.", record.Claim("subjectName"));
        Assert.AreEqual("China", record.Claim("country"));
        Assert.AreEqual("Peoples Republic of China", record.Source("Nationality"));
    }

    [TestMethod]
    [DataRow("Ongoing")]
    [DataRow("Indefinite")]
    [DataRow("Permanent")]
    [DataRow("")]
    public void Read_EbrdWithoutEnd_HasNoPublicUntil(string until)
    {
        CreditRecord record = Importing.Accepted(
            ImportFormat.Ebrd, $"{EbrdHead}Example Roads LLC,,China,,{until},2024-09-16T12:00:59Z,World Bank Group,Fraud\n");

        Assert.IsNull(record.Claims.Find("publicUntil"));
        Assert.IsNull(record.Claims.Find("decidedOn"));
    }

    [TestMethod]
    public void Read_EbrdUnknownEnd_IsRejected()
    {
        RejectReason reason = Importing.Rejected(
            ImportFormat.Ebrd, EbrdHead + "Example Roads LLC,,China,,Someday,2024-09-16T12:00:59Z,EBRD,Fraud\n");

        Assert.AreEqual("bad-date", reason.Code);
        Assert.AreEqual("Ineligible Until", reason.Path);
    }

    [TestMethod]
    [DataRow("\"Example \"Roads\" LLC\"", "Example \"Roads\" LLC")]
    [DataRow("\"\"Example\" Roads LLC\"", "\"Example\" Roads LLC")]
    [DataRow("\"Example LLC (\"Roads\")\"", "Example LLC (\"Roads\")")]
    [DataRow("\"Example \"\"Roads\"\" LLC\"", "Example \"Roads\" LLC")]
    [DataRow("Example \"Roads\" LLC", "Example \"Roads\" LLC")]
    public void Read_QuotationMarksInAName_AreKept(string cell, string name)
    {
        CreditRecord record = Importing.Accepted(
            ImportFormat.Ebrd, $"{EbrdHead}{cell},,China,,Ongoing,2024-09-16T12:00:59Z,EBRD,Fraud\n");

        Assert.AreEqual(name, record.Claim("subjectName"));
    }

    [TestMethod]
    public void Read_LostCharacters_AreWarnedOf()
    {
        ImportRow row = Importing.Rows(
            ImportFormat.Ebrd, EbrdHead + "Example LLC,Rua N\uFFFD 42,Angola,,Ongoing,2024-09-16T12:00:59Z,EBRD,Fraud\n")[0];

        Assert.IsTrue(row.IsAccepted);
        Assert.Contains("U+FFFD", row.Warnings.Single());
    }

    [TestMethod]
    public void Read_OfacEntity_BecomesTheRecord()
    {
        CreditRecord record = Importing.Accepted(
            ImportFormat.Ofac,
            "36,\"EXAMPLE AIRLINES\",-0- ,\"NPWMD] [IFSR\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"a.k.a. 'EXA'.\"\r\n",
            Importing.NoOptions with { IssuedAt = Importing.IssuedAt });

        Assert.StartsWith("sdn-36-", record.Id);
        Assert.AreEqual("ofac", record.Issuer);
        Assert.AreEqual("x-ofac:36", record.Subject.ToString());
        Assert.AreEqual(Importing.IssuedAt, record.IssuedAt);
        Assert.AreEqual("a.k.a. 'EXA'.", record.Claim("remarks"));
        Assert.HasCount(2, ((JsonArray)record.Claims.Find("programs")!).Items);
        Assert.IsNull(record.Claims.Find("source"));
    }

    [TestMethod]
    [DataRow("individual", "natural-person")]
    [DataRow("vessel", "not-an-organisation")]
    [DataRow("aircraft", "not-an-organisation")]
    [DataRow("robot", "unknown-type")]
    public void Read_OfacOther_IsRejected(string type, string code)
    {
        Assert.AreEqual(code, Importing.Rejected(ImportFormat.Ofac, OfacRow(type)).Code);
    }

    [TestMethod]
    public void Read_OfacIndividual_IsAcceptedWhereAllowed()
    {
        Assert.AreEqual("natural-person", Importing.Accepted(ImportFormat.Ofac, OfacRow("individual"), Importing.WithPersons).Claim("subjectType"));
    }

    [TestMethod]
    public void Read_OfacEndsWithCtrlZ_IsNoRow()
    {
        Assert.HasCount(1, Importing.Rows(ImportFormat.Ofac, OfacRow("-0- ") + "\u001A"));
    }

    private static string OfacRow(string type) => $"36,\"EXAMPLE\",{type},\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
