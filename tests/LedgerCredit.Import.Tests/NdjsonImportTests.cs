using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;

namespace LedgerCredit.Import.Tests;

[TestClass]
public sealed class NdjsonImportTests
{
    private const string Record =
        """{"kind":"rating","id":"1","issuer":"example-authority","subject":"cik:1","issuedAt":"2026-04-01T00:00:00Z","claims":{"agency":"a","scale":"s","symbol":"A","action":"affirm","actedOn":"2026-04-01"}}""";

    [TestMethod]
    [DataRow("\n")]
    [DataRow("\r\n")]
    public void Read_Lines_AreRecordsAsTheyAre(string lineEnd)
    {
        List<ImportRow> rows = Importing.Rows(ImportFormat.Ndjson, "\uFEFF" + Record + lineEnd + Record + lineEnd);

        Assert.AreEqual("accepted 2", Importing.Tally(rows));
        Assert.IsTrue(CreditRecord.TryParse(Encoding.UTF8.GetBytes(Record), RecordRules.Default, out CreditRecord? expected, out _));
        Assert.AreSequenceEqual(expected.ToCanonicalBytes(), rows[1].Record!.ToCanonicalBytes());
    }

    [TestMethod]
    public void Read_BlankLines_AreCountedApart()
    {
        RecordImport import = Importing.Create(ImportFormat.Ndjson, Importing.Options);
        using MemoryStream stream = new(Encoding.UTF8.GetBytes($"\n{Record}\n \t\n\r\n{Record}"));
        List<ImportRow> rows = [.. import.Read(stream)];

        Assert.AreEqual(3, import.BlankLines);
        Assert.AreSequenceEqual(new long[] { 1, 2 }, rows.Select(row => row.RowNumber).ToArray());
        Assert.AreSequenceEqual(new long[] { 2, 5 }, rows.Select(row => row.LineNumber).ToArray());
    }

    [TestMethod]
    public void Read_BadLine_IsRejectedAndTheRestRead()
    {
        List<ImportRow> rows = Importing.Rows(ImportFormat.Ndjson, $"{{\"kind\":1}}\nnot json\n[]\n{Record}\n");

        Assert.AreEqual("accepted 1, json-syntax 1, wrong-type 2", Importing.Tally(rows));
    }

    [TestMethod]
    public void Read_InvalidUtf8InALine_IsRejectedAndTheRestRead()
    {
        using MemoryStream stream = new([.. Encoding.UTF8.GetBytes("{\"id\":\""), 0xD6, 0xD0, .. Encoding.UTF8.GetBytes("\"}\n" + Record)]);
        List<ImportRow> rows = [.. Importing.Create(ImportFormat.Ndjson, Importing.Options).Read(stream)];

        Assert.AreEqual("accepted 1, json-utf8 1", Importing.Tally(rows));
    }

    [TestMethod]
    public void Read_RecordOfAnotherIssuer_IsRejected()
    {
        Assert.AreEqual("other-issuer", Importing.Rejected(ImportFormat.Ndjson, Record, Importing.Options with { Issuer = "other" }).Code);
    }

    [TestMethod]
    public void Read_LineAtTheBound_IsReadAndALongerOneSkipped()
    {
        const int Max = 64 * 1024;
        string padding = new(' ', Max - Record.Length);
        List<ImportRow> rows = Importing.Rows(ImportFormat.Ndjson, $"{Record}{padding}\r\n{Record}{padding} \n{Record}\n");

        Assert.AreEqual("accepted 2, too-large 1", Importing.Tally(rows));
        Assert.AreEqual("too-large", rows[1].Reject!.Code);
        Assert.AreEqual(3, rows[2].LineNumber);
    }
}
