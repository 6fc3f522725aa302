using System.Security.Cryptography;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Materials;

/// <summary>Decrypts a file while it is read: no byte of a chunk is given out before the chunk was authenticated.</summary>
/// <remarks>
/// Its size is compared before the first chunk, so that one that was cut short or lengthened gives nothing at all. The last chunk is given
/// out only when the whole has the hash that stands in the store.
/// </remarks>
public sealed class MaterialReader : IDisposable
{
    internal const string RowWasAltered = "what the store says of it was altered, or the key of materials is another one";

    private readonly StoredMaterial _material;
    private readonly FileStream _file;
    private readonly AesGcm _cipher;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _encrypted = new byte[MaterialFormat.ChunkBytes + MaterialFormat.TagBytes];
    private readonly byte[] _plain = new byte[MaterialFormat.ChunkBytes];
    private long _chunk;
    private long _left;

    private MaterialReader(StoredMaterial material, FileStream file, ReadOnlySpan<byte> key)
    {
        _material = material;
        _file = file;
        _cipher = new AesGcm(key, MaterialFormat.TagBytes);
        _left = material.Length;
    }

    /// <summary>Opens the file of a material.</summary>
    /// <exception cref="MaterialIntegrityException">It is missing, of another size or another file; or the row of the store was altered.</exception>
    internal static MaterialReader Open(string path, StoredMaterial material, MaterialKey key)
    {
        byte[] fileKey = new byte[MaterialFormat.KeyBytes];
        FileStream? file = null;
        try
        {
            if (!key.TryUnwrap(material, fileKey))
            {
                throw Altered(material, RowWasAltered);
            }

            file = TryOpen(path) ?? throw new MaterialIntegrityException(
                MaterialDamage.Missing, material.Id, $"The file of the material {material.Id} is missing. Restore it from a backup.");
            long expected = MaterialFormat.FileLength(material.Length);
            if (file.Length != expected)
            {
                throw Altered(material, $"expected a file of {expected} bytes, found {file.Length}");
            }

            byte[] header = new byte[MaterialFormat.Header.Length];
            file.ReadExactly(header);
            if (!header.AsSpan().SequenceEqual(MaterialFormat.Header))
            {
                throw Altered(material, "the file does not begin as files of materials do");
            }

            MaterialReader reader = new(material, file, fileKey);
            file = null;
            return reader;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
            file?.Dispose();
        }
    }

    /// <summary>Reads on.</summary>
    /// <returns>The next bytes of the plain file, until the next call; empty at its end.</returns>
    /// <exception cref="MaterialIntegrityException">They were altered; what was given out before is right, and is not all.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_left == 0)
        {
            return default;
        }

        int length = (int)Math.Min(_left, _plain.Length);
        int read = await _file.ReadAtLeastAsync(_encrypted.AsMemory(0, length + MaterialFormat.TagBytes), length + MaterialFormat.TagBytes, throwOnEndOfStream: false, cancellationToken);
        if (read != length + MaterialFormat.TagBytes || !TryDecrypt(length))
        {
            throw Altered(_material, $"the bytes from {_chunk * MaterialFormat.ChunkBytes} on are not those that were kept");
        }

        _chunk++;
        _left -= length;
        _hash.AppendData(_plain, 0, length);
        return _left > 0 || Bytes32.FromBytes(_hash.GetHashAndReset()) == _material.FileHash
            ? _plain.AsMemory(0, length)
            : throw Altered(_material, "its content has another hash than the store says");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_plain);
        _hash.Dispose();
        _cipher.Dispose();
        _file.Dispose();
    }

    private bool TryDecrypt(int length)
    {
        Span<byte> nonce = stackalloc byte[MaterialFormat.NonceBytes];
        MaterialFormat.WriteNonce(nonce, _chunk, isLast: _left == length);
        try
        {
            _cipher.Decrypt(nonce, _encrypted.AsSpan(0, length), _encrypted.AsSpan(length, MaterialFormat.TagBytes), _plain.AsSpan(0, length), MaterialFormat.Header);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    internal static MaterialIntegrityException Altered(StoredMaterial material, string what) =>
        new(MaterialDamage.Altered, material.Id, $"The material {material.Id} is not as it was kept: {what}. Restore it from a backup.");
}
