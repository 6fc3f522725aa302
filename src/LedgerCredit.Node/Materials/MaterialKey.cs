using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Materials;

/// <summary>The workspace's key of materials, under which the key of each file stands in the store (docs/spec/materials.md section 3). Thread-safe.</summary>
/// <remarks>
/// A key of its own for each file, and in the store: to erase a material takes to overwrite 60 bytes of a row, whatever becomes of the blocks
/// of its file. The encryption authenticates the whole row, so that none of its columns can be altered unnoticed.
/// </remarks>
/// <param name="key">Thirty-two bytes.</param>
public sealed class MaterialKey(Bytes32 key)
{
    private const string Format = "ledgercredit-material/1";

    /// <summary>Opens the key of a workspace, and makes it where there is none and nothing was kept.</summary>
    /// <returns>Its bytes.</returns>
    /// <exception cref="WorkspaceException">There is none though materials are kept; or the password is wrong, or the file was altered.</exception>
    public static Bytes32 Ensure(Workspace workspace, KeyRing keys)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.FindMaterialKey() is Bytes32 found)
        {
            return found;
        }

        // A crash behind this line leaves a key under which nothing stands yet; the next start opens it.
        RequireNothingKept(workspace);
        keys.CreateMaterialKey();
        return keys.OpenMaterialKey();
    }

    /// <summary>Encrypts the key of a file.</summary>
    /// <param name="material">What the store is to say of the material; its wrapped key counts for nothing.</param>
    /// <param name="fileKey">The key.</param>
    /// <returns>Nonce, encrypted key and tag: 60 bytes.</returns>
    internal byte[] Wrap(StoredMaterial material, ReadOnlySpan<byte> fileKey)
    {
        // A random nonce: safe for 2^32 files under one key (NIST SP 800-38D section 8.3).
        byte[] wrapped = new byte[MaterialFormat.NonceBytes + MaterialFormat.KeyBytes + MaterialFormat.TagBytes];
        Span<byte> nonce = wrapped.AsSpan(0, MaterialFormat.NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm cipher = new(key.AsSpan(), MaterialFormat.TagBytes);
        cipher.Encrypt(
            nonce,
            fileKey,
            wrapped.AsSpan(MaterialFormat.NonceBytes, MaterialFormat.KeyBytes),
            wrapped.AsSpan(MaterialFormat.NonceBytes + MaterialFormat.KeyBytes),
            TryDescribe(material, out byte[]? description) ? description : throw new ArgumentException("Expected values that JSON can say.", nameof(material)));
        return wrapped;
    }

    /// <summary>Decrypts the key of a file.</summary>
    /// <returns>False where the row was altered, or was made under another key.</returns>
    internal bool TryUnwrap(StoredMaterial material, Span<byte> fileKey)
    {
        ReadOnlySpan<byte> wrapped = material.WrappedKey;
        if (wrapped.Length != MaterialFormat.NonceBytes + MaterialFormat.KeyBytes + MaterialFormat.TagBytes || !TryDescribe(material, out byte[]? description))
        {
            return false;
        }

        using AesGcm cipher = new(key.AsSpan(), MaterialFormat.TagBytes);
        try
        {
            cipher.Decrypt(
                wrapped[..MaterialFormat.NonceBytes],
                wrapped.Slice(MaterialFormat.NonceBytes, MaterialFormat.KeyBytes),
                wrapped[(MaterialFormat.NonceBytes + MaterialFormat.KeyBytes)..],
                fileKey,
                description);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    // All columns but the row's number, which is of the table and not of the material.
    private static bool TryDescribe(StoredMaterial material, [NotNullWhen(true)] out byte[]? description)
    {
        JsonObject json = new(
            new JsonMember("format", new JsonString(Format)),
            new JsonMember("id", new JsonString(material.Id)),
            new JsonMember("sanction", new JsonString(material.Sanction.ToString())),
            new JsonMember("subject", new JsonString(material.Subject)),
            new JsonMember("organisation", new JsonString(material.Organisation.ToString())),
            new JsonMember("uploadedBy", new JsonString(material.UploadedBy)),
            new JsonMember("kind", new JsonNumber(material.Kind)),
            new JsonMember("mediaType", new JsonString(material.MediaType)),
            new JsonMember("bytes", new JsonNumber(material.Length)),
            new JsonMember("sha256", new JsonString(material.FileHash.ToString())),
            new JsonMember("salt", new JsonString(material.Salt.ToString())),
            new JsonMember("uploadedAt", new JsonNumber((long)material.UploadedAt)));

        // An altered row may hold text or numbers that have no canonical form.
        return CanonicalJson.TryWrite(json, CanonicalNumbers.Exact, out description, out _);
    }

    private static void RequireNothingKept(Workspace workspace)
    {
        using Store store = workspace.OpenStore(StoreAccess.Read);
        if (store.Materials.Any())
        {
            throw new WorkspaceException(
                $"The workspace keeps materials of repairs, but the key '{StoredKey.NameOf(KeystoreKeyType.Material)}-node.json' is not in '{workspace.KeysFolder}'. Restore it from a backup: without it they cannot be read.");
        }
    }
}
