using System.Buffers.Binary;
using System.Text;

namespace LedgerCredit.Repair.Packages;

/// <summary>The bytes of a ZIP archive around its files, in the one form that packages have.</summary>
/// <remarks>
/// docs/spec/repair-package.md section 1: files stored one after the other without compression, no extra fields, no comments,
/// one date. The archive is a function of its files, so that no two readers can see different files in it.
/// <code>
/// local header (30 bytes, name) file … | central header (46 bytes, name) … | end (22 bytes)
/// </code>
/// </remarks>
internal sealed class ZipFrame
{
    private const uint LocalSignature = 0x04034B50;
    private const uint CentralSignature = 0x02014B50;
    private const uint EndSignature = 0x06054B50;
    private const ushort Version = 20;
    private const ushort Utf8Names = 0x0800;
    private const ushort FirstOfJanuary1980 = 0x0021;

    private readonly List<byte[]> _centralHeaders = [];
    private uint _offset;

    /// <summary>Whether these can be the first bytes of an archive.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> bytes)
    {
        byte[] signature = Number(LocalSignature);
        int length = Math.Min(bytes.Length, signature.Length);
        return bytes[..length].SequenceEqual(signature.AsSpan(0, length));
    }

    /// <summary>The local header of the next file.</summary>
    /// <param name="name">Its name in ASCII.</param>
    /// <param name="content">Its content.</param>
    public byte[] Begin(string name, ReadOnlySpan<byte> content)
    {
        byte[] nameBytes = Encoding.ASCII.GetBytes(name);
        byte[] fields = Fields(nameBytes, Crc32.Of(content), (uint)content.Length);

        byte[] local = [.. Number(LocalSignature), .. fields, .. nameBytes];
        _centralHeaders.Add(
        [
            .. Number(CentralSignature),
            .. Number(Version), // made by
            .. fields,
            .. Number((ushort)0), // comment length
            .. Number((ushort)0), // disk
            .. Number((ushort)0), // internal attributes
            .. Number(0u), // external attributes
            .. Number(_offset),
            .. nameBytes,
        ]);
        _offset += (uint)local.Length + (uint)content.Length;
        return local;
    }

    /// <summary>What stands behind the last file.</summary>
    public byte[] End()
    {
        byte[] directory = [.. _centralHeaders.SelectMany(header => header)];
        return
        [
            .. directory,
            .. Number(EndSignature),
            .. Number((ushort)0), // disk
            .. Number((ushort)0), // disk of the directory
            .. Number((ushort)_centralHeaders.Count),
            .. Number((ushort)_centralHeaders.Count),
            .. Number((uint)directory.Length),
            .. Number(_offset),
            .. Number((ushort)0), // comment length
        ];
    }

    /// <summary>The size of a local header, whatever the file.</summary>
    public static int HeaderLength(string name) => 30 + name.Length;

    // The 26 bytes that local and central headers share.
    private static byte[] Fields(byte[] name, uint checksum, uint length) =>
    [
        .. Number(Version), // needed to extract
        .. Number(Utf8Names),
        .. Number((ushort)0), // method: stored
        .. Number((ushort)0), // time
        .. Number(FirstOfJanuary1980),
        .. Number(checksum),
        .. Number(length), // compressed
        .. Number(length), // uncompressed
        .. Number((ushort)name.Length),
        .. Number((ushort)0), // extra length
    ];

    private static byte[] Number(ushort value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
