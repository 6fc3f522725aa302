using System.Buffers.Binary;
using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Storage.Indexes;

/// <summary>The keys of the indexes: the first 8 bytes, big-endian, of a SHA-256.</summary>
/// <remarks>
/// Hashed is, without ambiguity because all but the last field have a fixed size:
/// <code>
/// id:       0x01 ‖ log number (4 bytes, big-endian) ‖ kind (1 byte) ‖ id (UTF-8); of a record, and of the record that it replaces
/// subject:  0x02 ‖ subject (UTF-8)
/// leaf:     the leaf hash is the hash
/// </code>
/// Keys are even in number over their range, which the search in a run counts on for speed alone. Pure. Many at once: <see cref="IndexKeyBatch"/>.
/// </remarks>
public static class IndexKeys
{
    /// <summary>Bytes before the id in what is hashed.</summary>
    internal const int IdPrefixBytes = 6;

    /// <summary>Bytes before the subject in what is hashed.</summary>
    internal const int SubjectPrefixBytes = 1;

    /// <summary>The key of a record's id.</summary>
    /// <param name="log">The number of its log in this store.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="id">Its id in UTF-8.</param>
    public static ulong OfId(int log, RecordKind kind, ReadOnlySpan<byte> id)
    {
        byte[] message = new byte[IdPrefixBytes + id.Length];
        WriteIdPrefix(message, log, kind);
        id.CopyTo(message.AsSpan(IdPrefixBytes));
        return First(Sha256.Hash(message));
    }

    /// <summary>The key of a record's id.</summary>
    public static ulong OfId(int log, RecordKind kind, string id) => OfId(log, kind, Encoding.UTF8.GetBytes(id));

    /// <summary>The key of a subject.</summary>
    /// <param name="subject">Scheme, colon and value, in UTF-8.</param>
    public static ulong OfSubject(ReadOnlySpan<byte> subject)
    {
        byte[] message = new byte[SubjectPrefixBytes + subject.Length];
        WriteSubjectPrefix(message);
        subject.CopyTo(message.AsSpan(SubjectPrefixBytes));
        return First(Sha256.Hash(message));
    }

    /// <summary>The key of a subject.</summary>
    public static ulong OfSubject(string subject) => OfSubject(Encoding.UTF8.GetBytes(subject));

    /// <summary>The key of a leaf.</summary>
    public static ulong OfLeaf(Bytes32 leafHash) => First(leafHash);

    internal static ulong First(Bytes32 hash) => BinaryPrimitives.ReadUInt64BigEndian(hash);

    internal static void WriteIdPrefix(Span<byte> message, int log, RecordKind kind)
    {
        message[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(message[1..], log);
        message[5] = (byte)kind;
    }

    internal static void WriteSubjectPrefix(Span<byte> message) => message[0] = 2;
}
