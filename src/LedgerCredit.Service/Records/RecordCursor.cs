using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Records;

/// <summary>The cursors of lists of a subject's records: where a page ended, so that nobody but the node can read it or make one. Thread-safe.</summary>
/// <remarks>
/// A page may end at a record that its caller does not see. Its place would lead to its entry, and from there to its case on the ledger. So a cursor is one block
/// of AES-128 under a key of its own: the place, and half a hash of the subject, by which foreign cursors and those of other subjects are found. The key
/// follows from the network subject key, so that cursors outlive a restart.
/// </remarks>
/// <param name="subjectKey">The network subject key.</param>
internal sealed class RecordCursor(Bytes32 subjectKey)
{
    private const int KeyBytes = 16;
    private const int BlockBytes = 16;

    private readonly byte[] _key = Sha256.Hmac(subjectKey.AsSpan(), "ledgercredit:record-cursor:1"u8).ToArray()[..KeyBytes];

    /// <summary>Writes a cursor.</summary>
    /// <param name="subject">Whose records are listed.</param>
    /// <param name="position">The place behind which the next page begins.</param>
    internal string Write(SubjectId subject, LogPosition position)
    {
        byte[] block = new byte[BlockBytes];
        BinaryPrimitives.WriteInt64BigEndian(block, position.Key);
        CheckOf(subject).CopyTo(block.AsSpan(sizeof(long)));
        using Aes aes = NewCipher();
        return Base64Text.EncodeUrl(aes.EncryptEcb(block, PaddingMode.None));
    }

    /// <summary>Reads a cursor.</summary>
    /// <param name="text">The text.</param>
    /// <param name="subject">Whose records are listed.</param>
    /// <param name="position">The place.</param>
    /// <returns>False where the node did not give it for this subject.</returns>
    internal bool TryRead(string text, SubjectId subject, out LogPosition position)
    {
        position = default;
        if (!Base64Text.TryDecodeUrl(text, out byte[]? bytes) || bytes.Length != BlockBytes)
        {
            return false;
        }

        using Aes aes = NewCipher();
        byte[] block = aes.DecryptEcb(bytes, PaddingMode.None);
        if (!CryptographicOperations.FixedTimeEquals(block.AsSpan(sizeof(long)), CheckOf(subject)))
        {
            return false;
        }

        position = LogPosition.FromKey(BinaryPrimitives.ReadInt64BigEndian(block));
        return true;
    }

    private static byte[] CheckOf(SubjectId subject) => Sha256.Hash(Encoding.UTF8.GetBytes(subject.ToString())).ToArray()[..(BlockBytes - sizeof(long))];

    private Aes NewCipher()
    {
        Aes aes = Aes.Create();
        aes.Key = _key;
        return aes;
    }
}
