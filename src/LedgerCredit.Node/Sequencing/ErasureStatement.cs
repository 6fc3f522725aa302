using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Sequencing;

/// <summary>The signed, dated statement that a record and its secret were destroyed (docs/spec/erasure.md).</summary>
/// <param name="Origin">The log's origin.</param>
/// <param name="LeafIndex">The index of the entry, which stays.</param>
/// <param name="LeafHash">The leaf hash of the entry.</param>
/// <param name="ErasedAt">When, in UTC, whole seconds.</param>
/// <param name="IdTag">Recognises a later attempt to bring the record back, without telling its id: see <see cref="ComputeIdTag"/>.</param>
/// <param name="Reason">One line of text without content of the record.</param>
/// <remarks>
/// A signed note by the log's key:
/// <code>
/// ledgercredit-erasure/1
/// origin
/// leaf index
/// leaf hash, Base64
/// time, yyyy-MM-ddTHH:mm:ssZ
/// id tag, Base64
/// reason
/// </code>
/// </remarks>
public sealed record ErasureStatement(string Origin, ulong LeafIndex, Bytes32 LeafHash, DateTimeOffset ErasedAt, Bytes32 IdTag, string Reason)
{
    private const string Format = "ledgercredit-erasure/1";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>The longest reason in characters.</summary>
    public const int MaxReasonLength = 200;

    /// <summary>HMAC-SHA-256 of kind and id under a key that only the log's owner has, so that ids cannot be guessed from tags.</summary>
    public static Bytes32 ComputeIdTag(Bytes32 erasureKey, RecordKind kind, string id) =>
        Sha256.Hmac(erasureKey.AsSpan(), [(byte)kind, .. System.Text.Encoding.UTF8.GetBytes(id)]);

    /// <summary>Signs the statement.</summary>
    /// <exception cref="ArgumentException">The reason is longer than one line of <see cref="MaxReasonLength"/> characters.</exception>
    public SignedNote Sign(NoteSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        if (Reason.Length > MaxReasonLength || Reason.Any(char.IsControl))
        {
            throw new ArgumentException($"Expected a reason of one line and at most {MaxReasonLength} characters.");
        }

        string text = string.Join(
            '\n',
            Format,
            Origin,
            LeafIndex.ToString(CultureInfo.InvariantCulture),
            Base64Text.Encode(LeafHash.AsSpan()),
            ErasedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
            Base64Text.Encode(IdTag.AsSpan()),
            Reason) + "\n";
        return signer.Sign(text);
    }

    /// <summary>Reads a statement and checks its signature.</summary>
    /// <returns><see langword="false"/> unless it is exactly a statement signed by this key alone.</returns>
    public static bool TryVerify(ReadOnlySpan<byte> note, NoteVerifierKey key, [NotNullWhen(true)] out ErasureStatement? statement)
    {
        statement = null;
        if (!SignedNote.TryParse(note, out SignedNote? parsed, out _) || parsed.VerifyOnly(key) != NoteFailure.None)
        {
            return false;
        }

        string[] lines = parsed.Text.Split('\n');
        if (lines.Length != 8
            || lines[0] != Format
            || !ulong.TryParse(lines[2], NumberStyles.None, CultureInfo.InvariantCulture, out ulong leafIndex)
            || !Base64Text.TryDecode(lines[3], out byte[]? leafHash)
            || leafHash.Length != Bytes32.Length
            || !DateTimeOffset.TryParseExact(lines[4], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset erasedAt)
            || !Base64Text.TryDecode(lines[5], out byte[]? idTag)
            || idTag.Length != Bytes32.Length)
        {
            return false;
        }

        statement = new ErasureStatement(lines[1], leafIndex, Bytes32.FromBytes(leafHash), erasedAt, Bytes32.FromBytes(idTag), lines[6]);
        return true;
    }
}
