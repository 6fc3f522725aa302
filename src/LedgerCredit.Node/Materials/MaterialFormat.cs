using System.Buffers.Binary;

namespace LedgerCredit.Node.Materials;

/// <summary>The form of an encrypted file (docs/spec/materials.md section 2): chunks of AES-256-GCM, numbered and the last one marked.</summary>
/// <remarks>
/// The construction STREAM of Hoang, Reyhanitabar, Rogaway and Vizár (2015), with a key that encrypts one file only: chunks that were
/// left out, moved, doubled or put behind the end have other nonces than a reader expects, so that they do not decrypt.
/// </remarks>
internal static class MaterialFormat
{
    /// <summary>How much of the plain file is in a chunk; less in the last one alone, which is never empty.</summary>
    internal const int ChunkBytes = 64 * 1024;

    /// <summary>What is behind the content of each chunk.</summary>
    internal const int TagBytes = 16;

    internal const int KeyBytes = 32;

    internal const int NonceBytes = 12;

    /// <summary>What a file begins with; authenticated with each chunk.</summary>
    internal static ReadOnlySpan<byte> Header => "LedgerCreditMat1"u8;

    /// <summary>The size of the file that a plain file becomes.</summary>
    /// <param name="plainLength">Its size, at least 1.</param>
    internal static long FileLength(long plainLength) =>
        checked(Header.Length + plainLength + ((plainLength + ChunkBytes - 1) / ChunkBytes * TagBytes));

    /// <summary>The nonce of a chunk: eleven bytes of its number, big-endian, and whether it is the last one.</summary>
    internal static void WriteNonce(Span<byte> nonce, long chunk, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[3..11], chunk);
        nonce[11] = isLast ? (byte)1 : (byte)0;
    }
}
