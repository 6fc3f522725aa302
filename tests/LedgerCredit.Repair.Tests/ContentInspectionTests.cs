using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Repair.Tests;

[TestClass]
public sealed class ContentInspectionTests
{
    private static readonly byte[][] Whole = [TestFiles.Pdf(), TestFiles.PdfWithStream(), TestFiles.Png(), TestFiles.Jpeg()];

    private static readonly ContentType[] Types = [ContentType.Pdf, ContentType.Pdf, ContentType.Png, ContentType.Jpeg];

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Inspect_WholeFile_IsAccepted(int file)
    {
        Assert.AreEqual(ContentFailure.None, ContentInspection.Inspect(Whole[file]));
        Assert.AreEqual(Types[file], ContentInspection.TypeOf(Whole[file]));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Inspect_EveryBeginningOfAFile_IsRefused(int file)
    {
        byte[] whole = Whole[file];

        // A PDF is whole without the line end after its last mark.
        int shortest = Types[file] == ContentType.Pdf ? whole.Length - 1 : whole.Length;
        for (int length = 0; length < shortest; length++)
        {
            ContentFailure failure = ContentInspection.Inspect(whole.AsSpan(0, length));

            Assert.AreNotEqual(ContentFailure.None, failure, $"{length} bytes");
            if (length > 8)
            {
                Assert.AreEqual(ContentFailure.Truncated, failure, $"{length} bytes");
            }
        }
    }

    [TestMethod]
    [DataRow("<< /Size 3 /Root 1 0 R /Encrypt 9 0 R >>")]
    [DataRow("<</Encrypt<</Filter/Standard>>/Root 1 0 R>>")]
    [DataRow("<< /Root 1 0 R /Encr#79pt 9 0 R >>", DisplayName = "the name with an escape")]
    [DataRow("<< /ID [(] >> /x) <00>] /Root 1 0 R\n% a comment >>\n/Encrypt 9 0 R >>", DisplayName = "behind strings and comments")]
    public void Inspect_EncryptedPdf_SaysSo(string trailer)
    {
        Assert.AreEqual(ContentFailure.Encrypted, ContentInspection.Inspect(TestFiles.Pdf(trailer)));
        Assert.AreEqual(ContentFailure.Encrypted, ContentInspection.Inspect(TestFiles.PdfWithStream(trailer)));
    }

    [TestMethod]
    public void Inspect_PdfThatSpeaksOfEncryption_IsAccepted()
    {
        Assert.AreEqual(ContentFailure.None, ContentInspection.Inspect(TestFiles.Pdf(text: "/Encrypt 9 0 R")));
        Assert.AreEqual(ContentFailure.None, ContentInspection.Inspect(TestFiles.Pdf("<< /Root 1 0 R /Info << /Encrypt true >> >>")));
        Assert.AreEqual(ContentFailure.None, ContentInspection.Inspect(TestFiles.Pdf("<< /Root 1 0 R /Note /Encrypt >>")));
        Assert.AreEqual(ContentFailure.None, ContentInspection.Inspect(TestFiles.Pdf("<< /Root 1 0 R /Note (/Encrypt) >>")));
    }

    [TestMethod]
    [DataRow("<< /Size 3 >>", DisplayName = "no root")]
    [DataRow("<< /Root 1 0 R", DisplayName = "no end")]
    [DataRow("/Root 1 0 R", DisplayName = "no dictionary")]
    [DataRow("<< /Root 1 0 R /ID (a >>", DisplayName = "a string without end")]
    [DataRow("<< /Root 1 0 R /ID <00 >", DisplayName = "a hex string that ends the dictionary")]
    [DataRow("<< /Root 1 0 R ) >>", DisplayName = "a stray parenthesis")]
    [DataRow("", DisplayName = "nothing")]
    public void Inspect_PdfWithABrokenTrailer_IsDamaged(string trailer)
    {
        Assert.AreEqual(ContentFailure.Damaged, ContentInspection.Inspect(TestFiles.Pdf(trailer)));
    }

    [TestMethod]
    [DataRow("startxref\n999999\n")]
    [DataRow("startxref\n-1\n")]
    [DataRow("startxref\n12345678901234567890\n")]
    [DataRow("startxref\n\n")]
    [DataRow("startxref\n0\n", DisplayName = "the header is no table")]
    [DataRow("startxref\n9\n", DisplayName = "the catalogue is no trailer")]
    [DataRow("startref\n120\n")]
    public void Inspect_PdfWithABrokenOffset_IsDamaged(string offset)
    {
        string text = Encoding.Latin1.GetString(TestFiles.Pdf());
        int start = text.IndexOf("startxref", StringComparison.Ordinal);
        byte[] broken = Encoding.Latin1.GetBytes(text[..start] + offset + "%%EOF\n");

        Assert.AreEqual(ContentFailure.Damaged, ContentInspection.Inspect(broken));
    }

    [TestMethod]
    [DataRow(1, 3)]
    [DataRow(16, 6)]
    public void Inspect_PngOfAnotherColourType_IsAccepted(int bitDepth, int colourType)
    {
        Assert.AreEqual(ContentFailure.None, ContentInspection.Inspect(TestFiles.Png((byte)bitDepth, (byte)colourType)));
    }

    [TestMethod]
    [DataRow(16, 3)]
    [DataRow(4, 2)]
    [DataRow(8, 5)]
    [DataRow(0, 0)]
    public void Inspect_PngOfNoColourType_IsDamaged(int bitDepth, int colourType)
    {
        Assert.AreEqual(ContentFailure.Damaged, ContentInspection.Inspect(TestFiles.Png((byte)bitDepth, (byte)colourType)));
    }

    [TestMethod]
    public void Inspect_PngWithAnyBitChanged_IsRefused()
    {
        byte[] whole = TestFiles.Png();
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] changed = [.. whole];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.AreNotEqual(ContentFailure.None, ContentInspection.Inspect(changed), $"bit {bit}");
        }
    }

    [TestMethod]
    public void Inspect_PngWithoutImageOrWithMore_IsDamaged()
    {
        byte[] whole = TestFiles.Png();
        byte[] end = TestFiles.Chunk("IEND", []);

        Assert.AreEqual(ContentFailure.Damaged, ContentInspection.Inspect([.. whole.AsSpan(0, 33), .. end]));
        Assert.AreEqual(ContentFailure.Damaged, ContentInspection.Inspect([.. whole, 0]));
        Assert.AreEqual(ContentFailure.Damaged, ContentInspection.Inspect([.. whole.AsSpan(0, 8), .. end]));
        Assert.AreEqual(ContentFailure.Damaged, ContentInspection.Inspect([.. whole.AsSpan(0, 33), .. whole.AsSpan(8)]));
    }

    [TestMethod]
    public void Inspect_JpegWithMoreBehindItsEnd_IsAccepted()
    {
        Assert.AreEqual(ContentFailure.None, ContentInspection.Inspect([.. TestFiles.Jpeg(), .. TestFiles.Jpeg()]));
    }

    [TestMethod]
    [DataRow(7, 0, DisplayName = "no marker where one is due")]
    [DataRow(12, 0, 0, DisplayName = "no height")]
    [DataRow(14, 0, 0, DisplayName = "no width")]
    [DataRow(16, 0, DisplayName = "no components")]
    [DataRow(16, 3, DisplayName = "more components than there are")]
    [DataRow(8, 0xC4, DisplayName = "a scan without a frame")]
    [DataRow(9, 0, 1, DisplayName = "a segment shorter than its own length")]
    [DataRow(27, 0xD9, DisplayName = "an end without a scan")]
    public void Inspect_JpegWithABrokenMarker_IsDamaged(int offset, params int[] bytes)
    {
        byte[] changed = TestFiles.Jpeg();
        for (int i = 0; i < bytes.Length; i++)
        {
            changed[offset + i] = (byte)bytes[i];
        }

        Assert.AreEqual(ContentFailure.Damaged, ContentInspection.Inspect(changed));
    }

    [TestMethod]
    [DataRow("PK\u0003\u0004word/document.xml")]
    [DataRow("GIF89a")]
    [DataRow("%PD")]
    [DataRow(" %PDF-1.7\n%%EOF")]
    [DataRow("hello")]
    public void Inspect_AnotherType_IsUnknown(string text)
    {
        Assert.AreEqual(ContentFailure.UnknownType, ContentInspection.Inspect(Encoding.Latin1.GetBytes(text)));
    }

    [TestMethod]
    public void Inspect_RandomBytesBehindSignatures_NeverThrows()
    {
        Random random = new(7);
        byte[][] beginnings = [.. Whole.Select(whole => whole[..3]), .. Whole];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            byte[] beginning = beginnings[random.Next(beginnings.Length)];
            byte[] content = [.. beginning.AsSpan(0, random.Next(beginning.Length + 1)), .. noise];

            _ = ContentInspection.Inspect(content);
            for (int i = 0; i < 3 && content.Length > 0; i++)
            {
                content[random.Next(content.Length)] = (byte)random.Next(256);
            }

            Assert.IsTrue(Enum.IsDefined(ContentInspection.Inspect(content)));
        }
    }

    [TestMethod]
    public void Read_FileOfTheLargestSize_IsReadAndOneMoreIsNot()
    {
        RepairRules rules = TestPacks.With("10485760", "100").Repair;
        byte[] jpeg = TestFiles.Jpeg();
        byte[] largest = [.. jpeg, .. new byte[100 - jpeg.Length]];

        Assert.AreEqual(ContentFailure.None, Read(largest, rules).Failure);
        MaterialContent larger = Read([.. largest, 0], rules);
        Assert.AreEqual(ContentFailure.TooLarge, larger.Failure);
        Assert.HasCount(101, larger.Bytes.ToArray());
    }

    [TestMethod]
    public void Read_EndlessFile_StopsBeyondTheLargestSize()
    {
        using EndlessStream endless = new();

        MaterialContent content = MaterialContent.Read(endless, TestPacks.Demo.Repair);

        Assert.AreEqual(ContentFailure.TooLarge, content.Failure);
        Assert.HasCount(TestPacks.Demo.Repair.MaxFileBytes.Value + 1, content.Bytes.ToArray());
    }

    [TestMethod]
    public void Read_TypeThatThePackDoesNotAccept_IsRefused()
    {
        RepairRules rules = TestPacks.With("\"pdf\",\n        \"jpeg\",\n        \"png\"", "\"pdf\"").Repair;

        Assert.AreEqual(ContentFailure.None, Read(TestFiles.Pdf(), rules).Failure);
        Assert.AreEqual(ContentFailure.TypeNotAccepted, Read(TestFiles.Png(), rules).Failure);
        Assert.AreEqual(ContentFailure.Empty, Read([], rules).Failure);
        Assert.AreEqual(ContentFailure.UnknownType, Read([1], rules).Failure);
    }

    private static MaterialContent Read(byte[] bytes, RepairRules rules)
    {
        using MemoryStream stream = new(bytes);
        return MaterialContent.Read(stream, rules);
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            Array.Clear(buffer, offset, count);
            return count;
        }
    }
}
