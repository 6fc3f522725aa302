using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Repair.Materials;

/// <summary>What the applicant states of a document, for checks and for the reviewer to compare with it.</summary>
/// <param name="IssuedOn">The date of the document, or null.</param>
/// <param name="AmountYuan">The amount that it shows as paid, as it is written there, or null.</param>
/// <param name="Reference">The number of the voucher or document, or null.</param>
public sealed record MaterialStatements(DateOnly? IssuedOn, string? AmountYuan, string? Reference)
{
    /// <summary>Nothing is stated.</summary>
    public static MaterialStatements None { get; } = new(null, null, null);
}

/// <summary>A file that is to be submitted.</summary>
/// <param name="Kind">Its kind, 1 to 63.</param>
/// <param name="Name">The file's name, as the applicant knows it.</param>
/// <param name="Content">Its content.</param>
/// <param name="Statements">What is stated of it.</param>
public sealed record Material(int Kind, string Name, MaterialContent Content, MaterialStatements Statements);

/// <summary>A material as the ledger has it.</summary>
/// <param name="Kind">Its kind, 1 to 63.</param>
/// <param name="Digest"><c>SHA-256(salt || SHA-256(file))</c>.</param>
public readonly record struct LedgerMaterial(int Kind, Bytes32 Digest);

/// <summary>The hashes of materials on the ledger.</summary>
/// <remarks>docs/spec/repair-package.md section 2.</remarks>
public static class MaterialHash
{
    /// <summary>The digest of a file: <c>SHA-256(salt || SHA-256(file))</c>.</summary>
    /// <param name="salt">32 random bytes, used once.</param>
    /// <param name="fileHash">SHA-256 of the file.</param>
    public static Bytes32 Digest(Bytes32 salt, Bytes32 fileHash)
    {
        Span<byte> preimage = stackalloc byte[2 * Bytes32.Length];
        salt.AsSpan().CopyTo(preimage);
        fileHash.AsSpan().CopyTo(preimage[Bytes32.Length..]);
        return Sha256.Hash(preimage);
    }

    /// <summary>
    /// The hash of all materials of a case in their order, which approvals name: beginning with the leaf hash of the sanction,
    /// <c>keccak256(abi.encode(hash before, kind, digest))</c> for each.
    /// </summary>
    public static Bytes32 OfAll(Bytes32 leafHash, IEnumerable<LedgerMaterial> materials)
    {
        ArgumentNullException.ThrowIfNull(materials);

        byte[] words = new byte[3 * Bytes32.Length];
        Bytes32 hash = leafHash;
        foreach (LedgerMaterial material in materials)
        {
            hash.AsSpan().CopyTo(words);
            Bytes32.FromUInt64((ulong)material.Kind).AsSpan().CopyTo(words.AsSpan(Bytes32.Length));
            material.Digest.AsSpan().CopyTo(words.AsSpan(2 * Bytes32.Length));
            hash = Keccak256.Hash(words);
        }

        return hash;
    }
}
