using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Log;

/// <summary>Timestamped Ed25519 signatures of witnesses over checkpoints: C2SP tlog-cosignature, <c>cosignature/v1</c>.</summary>
/// <remarks>
/// What stands in a signature line behind the key id:
/// <code>timestamp: 8 bytes, big-endian, Unix seconds, at most 2^63 - 1 || Ed25519 signature: 64 bytes</code>
/// and what the witness signed:
/// <code>
/// cosignature/v1
/// time &lt;timestamp, decimal&gt;
/// &lt;the note's text, with its final newline&gt;
/// </code>
/// The statement: as of this time, this is the largest tree of this origin that the witness has seen, and it extends all
/// that the witness saw before.
/// </remarks>
public static class CosignatureV1
{
    /// <summary>The size in bytes of timestamp and signature.</summary>
    public const int Length = TimestampLength + Ed25519.SignatureLength;

    /// <summary>The largest timestamp.</summary>
    public const ulong MaxTimestamp = long.MaxValue;

    /// <summary>The signature type in C2SP signed-note.</summary>
    internal const byte Type = 0x04;

    private const int TimestampLength = 8;

    /// <summary>Reads the time of a signature, whoever made it.</summary>
    /// <param name="signature">What stands behind the key id.</param>
    /// <param name="timestamp">Unix seconds; 0 when it was refused.</param>
    /// <returns>Whether it has the length and a time within bounds.</returns>
    public static bool TryReadTimestamp(ReadOnlySpan<byte> signature, out ulong timestamp)
    {
        timestamp = signature.Length == Length ? BinaryPrimitives.ReadUInt64BigEndian(signature) : ulong.MaxValue;
        if (timestamp > MaxTimestamp)
        {
            timestamp = 0;
            return false;
        }

        return true;
    }

    /// <summary>Checks a signature of a witness over a note's text. The arguments may be hostile.</summary>
    /// <param name="key">The witness.</param>
    /// <param name="text">The note's text, with its final newline.</param>
    /// <param name="signature">What stands behind the key id.</param>
    internal static bool Verify(WitnessKey key, string text, ReadOnlySpan<byte> signature) =>
        TryReadTimestamp(signature, out ulong timestamp)
        && Ed25519.Verify(key.PublicKey, Message(text, timestamp), signature[TimestampLength..]);

    /// <summary>Signs a note's text.</summary>
    internal static byte[] Sign(Ed25519Key key, string text, ulong timestamp)
    {
        byte[] signature = new byte[Length];
        BinaryPrimitives.WriteUInt64BigEndian(signature, timestamp);
        key.Sign(Message(text, timestamp)).CopyTo(signature, TimestampLength);
        return signature;
    }

    private static byte[] Message(string text, ulong timestamp) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {timestamp}\n{text}"));
}
