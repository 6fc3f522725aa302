using System.Security.Cryptography;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Node.Materials;

/// <summary>Encrypts a plain file while it is read. Memory: three chunks, however large it is.</summary>
internal static class MaterialWriter
{
    /// <summary>Encrypts.</summary>
    /// <param name="plain">The plain file; read to its end, or until it is refused.</param>
    /// <param name="file">Gets the encrypted one. Of no use where the outcome is not that it was taken.</param>
    /// <param name="key">The key, used for this file alone.</param>
    /// <param name="expected">What the content has to be by its first bytes.</param>
    /// <param name="maxBytes">The largest plain file.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    internal static async Task<WrittenMaterial> WriteAsync(
        Stream plain, Stream file, ReadOnlyMemory<byte> key, ContentType expected, long maxBytes, CancellationToken cancellationToken)
    {
        using AesGcm cipher = new(key.Span, MaterialFormat.TagBytes);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[MaterialFormat.ChunkBytes];
        byte[] next = new byte[MaterialFormat.ChunkBytes];
        byte[] encrypted = new byte[MaterialFormat.ChunkBytes + MaterialFormat.TagBytes];
        int length = await FillAsync(plain, chunk, cancellationToken);
        if (length == 0)
        {
            return new WrittenMaterial(MaterialResult.Empty, 0, default);
        }

        if (ContentInspection.TypeOf(chunk.AsSpan(0, length)) != expected)
        {
            return new WrittenMaterial(MaterialResult.OtherContent, 0, default);
        }

        file.Write(MaterialFormat.Header);
        long total = 0;
        for (long number = 0; ; number++)
        {
            total += length;
            if (total > maxBytes)
            {
                return new WrittenMaterial(MaterialResult.TooLarge, 0, default);
            }

            // One chunk ahead, because a full one may be the last.
            int following = length == chunk.Length ? await FillAsync(plain, next, cancellationToken) : 0;
            hash.AppendData(chunk, 0, length);
            int written = Encrypt(cipher, number, following == 0, chunk.AsSpan(0, length), encrypted);
            await file.WriteAsync(encrypted.AsMemory(0, written), cancellationToken);
            if (following == 0)
            {
                return new WrittenMaterial(MaterialResult.Added, total, Bytes32.FromBytes(hash.GetHashAndReset()));
            }

            (chunk, next) = (next, chunk);
            length = following;
        }
    }

    private static ValueTask<int> FillAsync(Stream plain, byte[] chunk, CancellationToken cancellationToken) =>
        plain.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken);

    private static int Encrypt(AesGcm cipher, long number, bool isLast, ReadOnlySpan<byte> chunk, Span<byte> encrypted)
    {
        Span<byte> nonce = stackalloc byte[MaterialFormat.NonceBytes];
        MaterialFormat.WriteNonce(nonce, number, isLast);
        cipher.Encrypt(nonce, chunk, encrypted[..chunk.Length], encrypted.Slice(chunk.Length, MaterialFormat.TagBytes), MaterialFormat.Header);
        return chunk.Length + MaterialFormat.TagBytes;
    }
}

/// <summary>What came of encrypting a file.</summary>
/// <param name="Result"><see cref="MaterialResult.Added"/>, or why it was refused.</param>
/// <param name="Length">The size of the plain file, where it was taken.</param>
/// <param name="Hash">Its SHA-256, where it was taken.</param>
internal readonly record struct WrittenMaterial(MaterialResult Result, long Length, Bytes32 Hash);
