using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace LedgerCredit.Repair.Tests;

/// <summary>Small whole files, made by other means than the code that checks them.</summary>
internal static class TestFiles
{
    private const string PdfBody = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n";

    /// <summary>A PDF with a cross-reference table and this trailer dictionary.</summary>
    public static byte[] Pdf(string trailer = "<< /Size 3 /Root 1 0 R /ID [<01> (a\\)b)] >>", string text = "")
    {
        string body = PdfBody + (text.Length > 0 ? $"% {text}\n" : "");
        string table = "xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n";
        return Encoding.Latin1.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{body}{table}trailer\n{trailer}\nstartxref\n{body.Length}\n%%EOF\n"));
    }

    /// <summary>A PDF whose cross-references are in an object with this dictionary.</summary>
    public static byte[] PdfWithStream(string dictionary = "<< /Type /XRef /Size 3 /W [1 2 1] /Root 1 0 R /Length 0 >>") =>
        Encoding.Latin1.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{PdfBody}3 0 obj\n{dictionary}\nstream\n\nendstream\nendobj\nstartxref\n{PdfBody.Length}\n%%EOF\n"));

    /// <summary>A grey PNG of one point.</summary>
    public static byte[] Png(byte bitDepth = 8, byte colourType = 0)
    {
        using MemoryStream compressed = new();
        using (ZLibStream zlib = new(compressed, CompressionMode.Compress, leaveOpen: true))
        {
            zlib.Write([0, 128]);
        }

        byte[] header = [0, 0, 0, 1, 0, 0, 0, 1, bitDepth, colourType, 0, 0, 0];
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR", header), .. Chunk("IDAT", compressed.ToArray()), .. Chunk("IEND", [])];
    }

    public static byte[] Chunk(string type, byte[] data)
    {
        byte[] typed = [.. Encoding.ASCII.GetBytes(type), .. data];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        byte[] checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, NaiveCrc(typed));
        return [.. length, .. typed, .. checksum];
    }

    /// <summary>The markers of a JPEG of one point, with a comment to tell one from another.</summary>
    public static byte[] Jpeg(string comment = "x") =>
    [
        0xFF, 0xD8,
        0xFF, 0xFE, 0, (byte)(comment.Length + 2), .. Encoding.ASCII.GetBytes(comment),
        0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0,
        0xFF, 0xC4, 0, 4, 0, 0,
        0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0,
        0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56,
        0xFF, 0xFF, 0xD9,
    ];

    // Bit by bit, as the polynomial is defined.
    public static uint NaiveCrc(byte[] bytes)
    {
        uint value = 0xFFFFFFFF;
        foreach (byte b in bytes)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bool isSet = ((value ^ (uint)(b >> bit)) & 1) == 1;
                value >>= 1;
                value ^= isSet ? 0xEDB88320 : 0;
            }
        }

        return value ^ 0xFFFFFFFF;
    }
}
