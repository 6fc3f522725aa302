using System.Text;
using LedgerCredit.Node.Import;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Import.Tests;

/// <summary>Options, names, detection and the reject file.</summary>
[TestClass]
public sealed class RecordImportTests
{
    [TestMethod]
    [DataRow(ImportFormat.Cf, "issuer-needed", "--issuer")]
    [DataRow(ImportFormat.Ofac, "issued-at-needed", "--issued-at")]
    public void TryCreate_OptionMissing_NamesIt(ImportFormat format, string code, string path)
    {
        Assert.IsFalse(RecordImport.TryCreate(format, Importing.NoOptions, out _, out ParseProblem? problem));
        Assert.AreEqual((code, path), (problem.Code, problem.Path));
    }

    [TestMethod]
    [DataRow("Not A Slug", null, "bad-issuer")]
    [DataRow(null, "yesterday", "bad-issued-at")]
    public void TryCreate_OptionMalformed_NamesIt(string? issuer, string? issuedAt, string code)
    {
        ImportOptions options = Importing.NoOptions with { Issuer = issuer, IssuedAt = issuedAt };

        Assert.IsFalse(RecordImport.TryCreate(ImportFormat.Ndjson, options, out _, out ParseProblem? problem));
        Assert.AreEqual(code, problem.Code);
    }

    [TestMethod]
    public void Read_SecondFile_Throws()
    {
        RecordImport import = Importing.Create(ImportFormat.Ndjson, Importing.Options);
        Assert.IsEmpty(import.Read(Stream.Null).ToList());

        Assert.ThrowsExactly<InvalidOperationException>(() => import.Read(Stream.Null));
    }

    [TestMethod]
    public void TryParse_EachName_IsTheFormatAndNothingElseIs()
    {
        foreach (ImportFormat format in Enum.GetValues<ImportFormat>())
        {
            Assert.IsTrue(ImportFormats.TryParse(format.ToName(), out ImportFormat parsed));
            Assert.AreEqual(format, parsed);
        }

        Assert.HasCount(Enum.GetValues<ImportFormat>().Length, ImportFormats.All);
        Assert.IsFalse(ImportFormats.TryParse("CF", out _));
        Assert.IsFalse(ImportFormats.TryParse("", out _));
        Assert.IsFalse(ImportFormats.TryParse(null, out _));
    }

    [TestMethod]
    [DataRow("\uFEFF{\"kind\":", ImportFormat.Ndjson)]
    [DataRow("CF_WSH,CF_XDR_MC,CF_XDR_SHXYM,CF_CFLB,CF_JDRQ,CF_CFJG\n", ImportFormat.Cf)]
    [DataRow("CF_WSH,CF_XDR_MC,CF_XDR_SHXYM,CF_CFLB1,CF_JDRQ,CF_XZJG\n", ImportFormat.Cf)]
    [DataRow("firm_name,country,ineligible_from,ineligible_to,grounds\n", ImportFormat.WorldBank)]
    [DataRow("Rating Agency,Corporation,Rating,Rating Date,CIK\n", ImportFormat.Ratings)]
    [DataRow("36,\"X\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n", ImportFormat.Ofac)]
    public void TryDetect_Beginning_FindsTheFormat(string head, ImportFormat expected)
    {
        Assert.IsTrue(ImportFormatDetector.TryDetect(Encoding.UTF8.GetBytes(head), out ImportFormat format));
        Assert.AreEqual(expected, format);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("a,b,c\n1,2,3\n")]
    [DataRow("x,\"X\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n")]
    [DataRow("\"")]
    [DataRow("\0\0\0\0")]
    public void TryDetect_OtherBeginning_FindsNone(string head)
    {
        Assert.IsFalse(ImportFormatDetector.TryDetect(Encoding.UTF8.GetBytes(head), out _));
    }

    [TestMethod]
    public void Encode_RejectedRow_SaysWhereAndWhyAndNothingElse()
    {
        ImportRow row = Importing.Rows(
            ImportFormat.WorldBank, "firm_name,country,ineligible_from,ineligible_to,grounds\n\nMR. JOHN EXAMPLE,China,2024-12-10,2027-08-09,Fraud\n")[0];

        string line = Encoding.UTF8.GetString(RejectLine.Encode("list.csv", row));

        Assert.AreEqual(
            """{"code":"natural-person","file":"list.csv","line":3,"path":"firm_name","reason":"Records about natural persons are refused unless the node's configuration allows them.","row":1}""" + "\n",
            line);
        Assert.IsTrue(StrictJson.TryParse(Encoding.UTF8.GetBytes(line), JsonLimits.Record, out _, out _));
    }

    [TestMethod]
    public void Encode_AcceptedRow_Throws()
    {
        ImportRow row = Importing.Rows(ImportFormat.Ratings, "Rating Agency,Corporation,Rating,Rating Date,CIK\nDBRS,E,A,1/1/2012,1\n")[0];

        Assert.ThrowsExactly<ArgumentException>(() => RejectLine.Encode("list.csv", row));
    }
}
