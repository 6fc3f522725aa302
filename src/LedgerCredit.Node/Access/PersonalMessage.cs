using System.Globalization;
using System.Text;
using LedgerCredit.Ethereum;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Access;

/// <summary>Texts that people sign with their ledger account: EIP-191 version 0x45, <c>personal_sign</c>.</summary>
/// <remarks>
/// <code>hash = keccak256(0x19 ‖ "Ethereum Signed Message:\n" ‖ length of the text in bytes, decimal ‖ text)</code>
/// The first byte is that of no transaction, so that who signs a text never signs a transaction. Pure.
/// </remarks>
public static class PersonalMessage
{
    /// <summary>The size of a signature in bytes: r ‖ s ‖ v, where v is 27 or 28.</summary>
    public const int SignatureLength = 65;

    private const string Prefix = "\u0019Ethereum Signed Message:\n";
    private const byte FirstV = 27;

    /// <summary>The hash that is signed for a text.</summary>
    public static Bytes32 HashOf(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return Keccak256.Hash([.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{utf8.Length}")), .. utf8]);
    }

    /// <summary>Signs a text.</summary>
    public static byte[] Sign(string text, Secp256k1Key key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] signature = key.Sign(HashOf(text)).ToCompact();
        signature[^1] += FirstV;
        return signature;
    }

    /// <summary>Finds the account that signed a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="signature">Any bytes.</param>
    /// <param name="account">The account.</param>
    /// <returns>
    /// False where it is no signature in the one accepted form: 65 bytes, s at most half the group order (EIP-2), v 27 or 28. Any
    /// other bytes are a signature of somebody: compare the account.
    /// </returns>
    public static bool TryRecover(string text, ReadOnlySpan<byte> signature, out Address account)
    {
        account = default;
        if (signature.Length != SignatureLength || signature[^1] is < FirstV or > FirstV + 1)
        {
            return false;
        }

        RecoverableSignature recoverable = new(
            Bytes32.FromBytes(signature[..32]), Bytes32.FromBytes(signature[32..64]), (byte)(signature[^1] - FirstV));
        if (!Secp256k1.TryRecover(HashOf(text), recoverable, out Secp256k1PublicKey? publicKey))
        {
            return false;
        }

        account = Address.FromPublicKey(publicKey);
        return true;
    }
}
