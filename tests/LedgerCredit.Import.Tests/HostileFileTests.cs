using System.Text;
using LedgerCredit.Node.Import;
using LedgerCredit.Primitives;
using LedgerCredit.Testing;

namespace LedgerCredit.Import.Tests;

/// <summary>Files that are damaged, endless or no text at all: an exact error, in bounded memory.</summary>
[TestClass]
public sealed class HostileFileTests
{
    private const string Head = "Rating Agency,Corporation,Rating,Rating Date,CIK\n";
    private const string Row = "DBRS,Example A,BBB,1/1/2012,1\n";
    private const long Endless = 2_000_000_000;

    [TestMethod]
    [DataRow("", 'x', DisplayName = "a line without end as the head")]
    [DataRow(Head + Row, 'x', DisplayName = "a line without end")]
    [DataRow(Head + Row + "\"", 'x', DisplayName = "a quotation mark that is never closed")]
    [DataRow(Head + Row + "\"", '\n', DisplayName = "a quotation mark that is never closed, over lines")]
    [DataRow(Head + Row, ',', DisplayName = "cells without end")]
    [DataRow(Head + Row, '"', DisplayName = "quotation marks without end")]
    public void Read_EndlessCsvRecord_IsRefusedSoon(string beginning, char filler)
    {
        using FillerStream stream = new(beginning, filler, "", Endless);
        long before = GC.GetAllocatedBytesForCurrentThread();

        ParseProblem problem = Importing.Refused(ImportFormat.Ratings, stream);

        Assert.AreEqual("record-too-long", problem.Code);
        Assert.AreEqual(beginning.Length == 0 ? "line 1" : "line 3", problem.Path);
        Assert.IsLessThan(1_000_000, stream.Position);
        Assert.IsLessThan(50_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Read_EndlessBlankLines_KeepNothing()
    {
        using FillerStream stream = new(Head, '\n', Row, 1_000_000);
        RecordImport import = Importing.Create(ImportFormat.Ratings, Importing.Options);

        Assert.HasCount(1, import.Read(stream).ToList());
        Assert.AreEqual(1_000_000, import.BlankLines);
    }

    [TestMethod]
    public void Read_EndlessNdjsonLine_IsSkippedWithoutHoldingIt()
    {
        using FillerStream stream = new("{\"id\":\"", 'x', "\"}\n{}\n", Endless);
        long before = GC.GetAllocatedBytesForCurrentThread();

        List<ImportRow> rows = [.. Importing.Create(ImportFormat.Ndjson, Importing.Options).Read(stream)];

        Assert.AreEqual("missing-member 1, too-large 1", Importing.Tally(rows));
        Assert.IsLessThan(10_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [DataRow("\"a\"b,", DisplayName = "that can be mended")]
    [DataRow("\"a,", DisplayName = "that cannot be mended")]
    public void Read_RecordOfStrayQuotationMarks_IsRejectedInProportionToItsLength(string part)
    {
        string file = Head + string.Concat(Enumerable.Repeat(part, 250_000 / part.Length)) + "\n" + Row;
        long before = GC.GetAllocatedBytesForCurrentThread();

        List<ImportRow> rows = Importing.Rows(ImportFormat.Ratings, file);

        Assert.AreEqual("bad-quotes", rows[0].Reject?.Code);
        Assert.IsLessThan(150_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [DataRow("", DisplayName = "plain")]
    [DataRow("\U0001F600\U0001F601b", DisplayName = "ending in surrogate pairs")]
    public void Read_FileThatFillsTheBufferOfTheLibrary_IsReadWhole(string end)
    {
        // With one unit of room left in its buffer the library asks for one: a file of 4095 characters is such a one.
        string beginning = Head.Replace("CIK", "CIK,Note", StringComparison.Ordinal) + "DBRS,Example A,BBB,1/1/2012,1,";
        foreach (int length in Enumerable.Range(4080, 32).Concat(Enumerable.Range(8180, 24)))
        {
            string note = new string('a', length - beginning.Length - end.Length) + end;

            List<ImportRow> rows = Importing.Rows(ImportFormat.Ratings, beginning + note);

            Assert.HasCount(1, rows);
            Assert.AreEqual(note, rows[0].Record?.Source("Note"), $"A file of {length} characters: {rows[0].Reject}");
        }
    }

    [TestMethod]
    public void Read_ColumnWithControlCharactersTwice_IsRefusedWithoutShowingThem()
    {
        ParseProblem problem = Importing.Refused(ImportFormat.Ratings, Encoding.UTF8.GetBytes("a\u001b[2Jb,a\u001b[2Jb\n"));

        Assert.AreEqual("duplicate-column", problem.Code);
        Assert.Contains(@"'a\u001b[2Jb'", problem.Message);
    }

    [TestMethod]
    public void Read_RecordBelowTheBound_IsReadAndRejectedAsARow()
    {
        string wide = Head.Replace("CIK", "CIK,Note", StringComparison.Ordinal)
            + $"DBRS,Example A,BBB,1/1/2012,1,{new string('x', 200_000)}\nDBRS,Example A,BBB,1/1/2012,1,\n";

        Assert.AreEqual("accepted 1, too-large 1", Importing.Tally(Importing.Rows(ImportFormat.Ratings, wide)));
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    [DataRow(ImportFormat.WorldBank, "firm_name,country,ineligible_from,ineligible_to,grounds\n", "{0},China,2024-12-10,2027-08-09,Fraud\n", "(")]
    [DataRow(ImportFormat.WorldBank, "firm_name,country,ineligible_from,ineligible_to,grounds\n", "{0},China,2024-12-10,2027-08-09,Fraud\n", "A.B ")]
    [DataRow(ImportFormat.WorldBank, "firm_name,additional_firm_info,country,ineligible_from,ineligible_to,grounds\n", "X LLC,{0},China,2024-12-10,2027-08-09,Fraud\n", "*1 ")]
    [DataRow(ImportFormat.Cf, "CF_WSH,CF_XDR_MC,CF_XDR_SHXYM,CF_CFLB,CF_JDRQ,CF_CFJG\n", "X,X,91230500MA1B3N1N2M,{0},2026-10-10,X\n", "警{1};")]
    [DataRow(ImportFormat.Cf, "CF_WSH,CF_XDR_MC,CF_XDR_SHXYM,CF_CFLB,CF_JDRQ,CF_CFJG\n", "{0},X,91230500MA1B3N1N2M,X,2026-10-10,X\n", "(2022")]
    [DataRow(ImportFormat.Cf, "CF_WSH,CF_XDR_MC,CF_XDR_SHXYM,CF_CFLB,CF_JDRQ,CF_CFJG,CF_NR_FK\n", "X,X,91230500MA1B3N1N2M,X,2026-10-10,X,\"{0}\"\n", "111,")]
    public void Read_LargestCell_IsRejectedInLinearTime(ImportFormat format, string head, string row, string part)
    {
        StringBuilder cell = new();
        for (int i = 0; cell.Length < 200_000; i++)
        {
            cell.Append(part.Replace("{1}", $"{i}", StringComparison.Ordinal));
        }

        Assert.AreNotEqual("accepted 1", Importing.Tally(Importing.Rows(format, head + row.Replace("{0}", cell.ToString(), StringComparison.Ordinal))));
    }

    [TestMethod]
    public void Read_Gbk_IsRefusedWithTheOffset()
    {
        // 中国 in GBK.
        byte[] bytes = [.. Encoding.ASCII.GetBytes(Head + "DBRS,"), 0xD6, 0xD0, 0xB9, 0xFA, (byte)'\n'];

        ParseProblem problem = Importing.Refused(ImportFormat.Ratings, bytes);

        Assert.AreEqual("wrong-encoding", problem.Code);
        Assert.AreEqual($"line 2, offset {Head.Length + 5}", problem.Path);
        Assert.Contains("iconv", problem.Message);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(16_384)]
    [DataRow(100_001)]
    public void Read_InvalidByteFarIn_IsRefusedWithItsOffset(int rows)
    {
        byte[] good = Encoding.UTF8.GetBytes(Head + string.Concat(Enumerable.Repeat("评,B,BBB,1/1/2012,1\n", rows)));

        ParseProblem problem = Importing.Refused(ImportFormat.Ratings, [.. good, 0xFF]);

        Assert.AreEqual($"line {rows + 2}, offset {good.Length}", problem.Path);
    }

    [TestMethod]
    public void Read_CutInTheMiddleOfACharacter_IsRefused()
    {
        Assert.AreEqual("wrong-encoding", Importing.Refused(ImportFormat.Ratings, [.. Encoding.UTF8.GetBytes(Head), 0xE7, 0xA4]).Code);
    }

    [TestMethod]
    [DataRow(ImportFormat.Ratings)]
    [DataRow(ImportFormat.Ndjson)]
    public void Read_Utf16WithMark_IsRefused(ImportFormat format)
    {
        ParseProblem little = Importing.Refused(format, [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Head)]);
        ParseProblem big = Importing.Refused(format, [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Head)]);

        Assert.AreEqual(("wrong-encoding", "line 1, offset 0"), (little.Code, little.Path));
        Assert.AreEqual(("wrong-encoding", "line 1, offset 0"), (big.Code, big.Path));
    }

    [TestMethod]
    public void Read_Utf16WithoutMark_IsRefused()
    {
        ParseProblem problem = Importing.Refused(ImportFormat.Ratings, Encoding.Unicode.GetBytes(Head));

        Assert.AreEqual(("wrong-encoding", "line 1, offset 1"), (problem.Code, problem.Path));
    }

    [TestMethod]
    [DataRow("", "empty-file")]
    [DataRow("\n\n", "empty-file")]
    [DataRow("a,b\n1,2\n", "missing-column")]
    [DataRow("CIK," + Head, "duplicate-column")]
    [DataRow("\"a\nb\n", "bad-quotes")]
    public void Read_BadHead_RefusesTheFile(string text, string code)
    {
        Assert.AreEqual(code, Importing.Refused(ImportFormat.Ratings, Encoding.UTF8.GetBytes(text)).Code);
    }

    [TestMethod]
    public void Read_QuotationMarkClosedRowsLater_IsRejected()
    {
        const string File = Head + Row + "DBRS,\"Example A,BBB,1/1/2012,1\nDBRS,Example \"B,BBB,1/1/2012,1\nDBRS,Example C,BBB,1/1/2012,1\n";
        List<ImportRow> rows = Importing.Rows(ImportFormat.Ratings, File);

        Assert.AreEqual("accepted 2, bad-quotes 1", Importing.Tally(rows));
        Assert.AreEqual(3, rows[1].LineNumber);
        Assert.AreEqual(5, rows[2].LineNumber);
    }

    [TestMethod]
    public void Read_SurplusEmptyCells_AreIgnoredAndOthersRejected()
    {
        Assert.AreEqual(
            "accepted 1, wrong-column-count 1",
            Importing.Tally(Importing.Rows(ImportFormat.Ratings, Head + "DBRS,E,BBB,1/1/2012,1,,,\nDBRS,E,BBB,1/2/2012,1,,x\n")));
    }

    [TestMethod]
    [DataRow(ImportFormat.Cf, "penalties-2018.csv")]
    [DataRow(ImportFormat.Ratings, "ratings.csv")]
    [DataRow(ImportFormat.Ndjson, "ratings.ndjson")]
    public void Read_RandomlyDamagedFile_AccountsForItOrRefusesIt(ImportFormat format, string sample)
    {
        byte[] original = File.ReadAllBytes(RepositoryFiles.Path("scripts", "samples", sample))[..8000];
        byte[] signs = Encoding.UTF8.GetBytes("\",\n\r;{}\\'\u001A示");
        Random random = new(20261121);
        for (int run = 0; run < 300; run++)
        {
            byte[] damaged = [.. original];
            for (int i = random.Next(1, 20); i > 0; i--)
            {
                damaged[random.Next(damaged.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : signs[random.Next(signs.Length)];
            }

            using MemoryStream stream = new(damaged);
            List<ImportRow> rows = [];
            ParseProblem? problem = null;
            try
            {
                rows.AddRange(Importing.Create(format, Importing.Options).Read(stream));
            }
            catch (ImportFileException e)
            {
                problem = e.Problem;
            }

            Assert.IsTrue(rows.Count > 0 || problem is not null, $"Run {run}.");
            Assert.AreSequenceEqual(Enumerable.Range(1, rows.Count).Select(n => (long)n).ToList(), rows.Select(row => row.RowNumber).ToList(), $"Run {run}.");
            Assert.IsTrue(rows.TrueForAll(row => row.Record is null != row.Reject is null), $"Run {run}.");
        }
    }

    /// <summary>A beginning, very many of one byte, an end; nothing of it held.</summary>
    private sealed class FillerStream(string beginning, char filler, string end, long fillerBytes) : Stream
    {
        private readonly byte[] _beginning = Encoding.UTF8.GetBytes(beginning);
        private readonly byte[] _end = Encoding.UTF8.GetBytes(end);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => _beginning.Length + fillerBytes + _end.Length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            long inFiller = Position - _beginning.Length;
            long inEnd = inFiller - fillerBytes;
            int count;
            if (inFiller < 0)
            {
                count = Copy(_beginning.AsSpan((int)Position), buffer);
            }
            else if (inEnd < 0)
            {
                count = (int)Math.Min(buffer.Length, -inEnd);
                buffer[..count].Fill((byte)filler);
            }
            else
            {
                count = Copy(_end.AsSpan((int)inEnd), buffer);
            }

            Position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
        {
            int count = Math.Min(from.Length, to.Length);
            from[..count].CopyTo(to);
            return count;
        }
    }
}
