using System.Globalization;
using System.Text;

namespace LedgerCredit.Node.Workspaces;

/// <summary>The bytes of a tar archive (POSIX pax) around its files, in the one form that backups have.</summary>
/// <remarks>
/// Plain files with one mode, owner and date, so that the archive is a function of its files: a reader knows every byte around
/// them beforehand, and no two readers can see different files in it.
/// <code>
/// [pax header (512), records …]  header (512)  content, filled up to 512 with zeros  …  1024 zeros
/// </code>
/// The pax header is there where a name has over 100 bytes or a file 8 GiB and more, which the plain header cannot say.
/// </remarks>
internal static class WorkspaceBackupFrame
{
    internal const int Block = 512;

    /// <summary>Where the plain header says the size, in octal digits.</summary>
    internal const int SizeOffset = 124;

    /// <summary>How many octal digits of a size there are.</summary>
    internal const int SizeDigits = 11;

    private const int MaxName = 100;
    private const long MaxPlainSize = (1L << 33) - 1;
    private const int ChecksumOffset = 148;
    private const int ChecksumLength = 8;
    private const string PaxName = "pax";

    /// <summary>What stands behind the last file.</summary>
    internal static byte[] End => new byte[2 * Block];

    /// <summary>What stands before a file.</summary>
    /// <param name="name">Its name in ASCII, of at most 240 characters.</param>
    /// <param name="length">Its size.</param>
    internal static byte[] Begin(string name, long length)
    {
        string records = (name.Length > MaxName ? PaxRecord("path", name) : "")
            + (length > MaxPlainSize ? PaxRecord("size", length.ToString(CultureInfo.InvariantCulture)) : "");
        if (records.Length == 0)
        {
            return Header(name, length, '0');
        }

        byte[] content = Encoding.ASCII.GetBytes(records);
        return
        [
            .. Header(PaxName, content.Length, 'x'),
            .. content,
            .. new byte[Padding(content.Length)],
            .. Header(name.Length > MaxName ? name[..MaxName] : name, length > MaxPlainSize ? 0 : length, '0'),
        ];
    }

    /// <summary>How many zeros stand behind a file of this size.</summary>
    internal static int Padding(long length) => (int)((Block - (length % Block)) % Block);

    /// <summary>How many bytes a file takes with what is around it.</summary>
    internal static long Span(string name, long length) => checked(Begin(name, length).Length + length + Padding(length));

    private static byte[] Header(string name, long length, char type)
    {
        byte[] header = new byte[Block];
        Put(0, name);
        Put(100, "0000600\0"); // mode: for the owner alone
        Put(108, "0000000\0"); // user
        Put(116, "0000000\0"); // group
        Put(SizeOffset, Octal(length, SizeDigits) + "\0");
        Put(136, Octal(0, 11) + "\0"); // date: the manifest has it
        Put(ChecksumOffset, new string(' ', ChecksumLength));
        Put(156, type.ToString());
        Put(257, "ustar\0" + "00");
        Put(329, "0000000\0"); // device
        Put(337, "0000000\0");

        // The sum of all bytes, the checksum's own taken as spaces.
        Put(ChecksumOffset, Octal(header.Sum(b => (long)b), 6) + "\0 ");
        return header;

        void Put(int offset, string text) => Encoding.ASCII.GetBytes(text).CopyTo(header, offset);
    }

    // "<length> <key>=<value>\n", where the length counts its own digits.
    private static string PaxRecord(string key, string value)
    {
        int rest = key.Length + value.Length + 3;
        int length = rest + 1;
        while (length != rest + Digits(length))
        {
            length = rest + Digits(length);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{length} {key}={value}\n");
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static string Octal(long number, int digits) => Convert.ToString(number, 8).PadLeft(digits, '0');
}
