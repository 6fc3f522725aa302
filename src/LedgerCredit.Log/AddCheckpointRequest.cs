using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>What a log asks of a witness: C2SP tlog-witness, the body of <c>add-checkpoint</c>.</summary>
/// <remarks>
/// <code>
/// old &lt;size that the witness cosigned last, decimal; 0 for none&gt;
/// &lt;Base64 of one hash of the consistency proof&gt;      none to 63 of them
/// (empty line)
/// &lt;the checkpoint, a signed note&gt;
/// </code>
/// Read strictly, so that <see cref="Format"/> of a parsed request is the same text again. Immutable.
/// </remarks>
/// <param name="OldSize">The size from which the proof leads.</param>
/// <param name="Path">The consistency proof in the order of RFC 9162 section 2.1.4.1.</param>
/// <param name="Note">The checkpoint as a note; that its text is a checkpoint's was checked where it was parsed.</param>
public sealed record AddCheckpointRequest(ulong OldSize, IReadOnlyList<Bytes32> Path, SignedNote Note)
{
    /// <summary>The largest request in bytes: a proof of 3 kB and a note with room for signatures of other kinds.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The most hashes of a proof.</summary>
    public const int MaxHashes = 63;

    private const string OldPrefix = "old ";

    /// <summary>Reads a request. The bytes may be hostile.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out AddCheckpointRequest? request,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        request = null;
        if (utf8.Length > MaxBytes)
        {
            problem = new ParseProblem("witness-request-too-large", "", $"Expected at most {MaxBytes} bytes, found {utf8.Length}.");
            return false;
        }

        // The lines before the note: the size, at most 63 hashes, the empty one.
        List<Bytes32> path = [];
        ulong oldSize = 0;
        for (int number = 1; number <= MaxHashes + 2; number++)
        {
            int end = utf8.IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            ReadOnlySpan<byte> line = utf8[..end];
            utf8 = utf8[(end + 1)..];
            if (number == 1)
            {
                if (!TryParseOldSize(line, out oldSize))
                {
                    problem = new ParseProblem("witness-request-old-size", "line 1", "Expected 'old' and a decimal number below 2^64 without leading zeros, found other text.");
                    return false;
                }
            }
            else if (line.IsEmpty)
            {
                if (!SignedNote.TryParse(utf8, out SignedNote? note, out problem))
                {
                    return false;
                }

                request = new AddCheckpointRequest(oldSize, path, note);
                return true;
            }
            else if (path.Count < MaxHashes && Ascii.IsValid(line) && Base64Text.TryDecode(Encoding.ASCII.GetString(line), out byte[]? hash) && hash.Length == Bytes32.Length)
            {
                path.Add(Bytes32.FromBytes(hash));
            }
            else
            {
                problem = new ParseProblem(
                    "witness-request-proof",
                    string.Create(CultureInfo.InvariantCulture, $"line {number}"),
                    $"Expected the canonical Base64 of 32 bytes, at most {MaxHashes} times, found other text.");
                return false;
            }
        }

        problem = new ParseProblem("witness-request-syntax", "", "Expected the old size, a consistency proof, an empty line and a checkpoint, found something else.");
        return false;
    }

    /// <summary>The request as UTF-8.</summary>
    public byte[] Format()
    {
        StringBuilder text = new();
        text.Append(OldPrefix).Append(OldSize.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (Bytes32 hash in Path)
        {
            text.Append(Base64Text.Encode(hash.AsSpan())).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.Append('\n').Append(Note.Format()).ToString());
    }

    private static bool TryParseOldSize(ReadOnlySpan<byte> line, out ulong size)
    {
        size = 0;
        return line.StartsWith("old "u8) && TreeSizeText.TryParse(Encoding.Latin1.GetString(line[OldPrefix.Length..]), out size);
    }
}
