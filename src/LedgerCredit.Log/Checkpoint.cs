using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>A tree head with the log's origin: the text of a signed checkpoint.</summary>
/// <remarks>
/// C2SP tlog-checkpoint, without extension lines:
/// <code>
/// origin
/// tree size, decimal
/// Base64(root hash)
/// </code>
/// </remarks>
public sealed record Checkpoint
{
    /// <summary>Makes a checkpoint.</summary>
    /// <param name="origin">The log's identity: one non-empty line. Ours are also valid key names, others' need not be.</param>
    /// <param name="size">Number of leaves.</param>
    /// <param name="rootHash">The root hash of the tree of this size.</param>
    /// <exception cref="ArgumentException">The origin is not allowed.</exception>
    public Checkpoint(string origin, ulong size, Bytes32 rootHash)
    {
        ArgumentNullException.ThrowIfNull(origin);
        if (!IsValidOrigin(origin))
        {
            throw new ArgumentException("Expected one non-empty line without control characters.", nameof(origin));
        }

        Origin = origin;
        Size = size;
        RootHash = rootHash;
    }

    /// <summary>The log's identity.</summary>
    public string Origin { get; }

    /// <summary>Number of leaves.</summary>
    public ulong Size { get; }

    /// <summary>The root hash of the tree of this size.</summary>
    public Bytes32 RootHash { get; }

    /// <summary>Whether a text can be an origin: one non-empty line without control characters.</summary>
    public static bool IsValidOrigin(string origin) =>
        !string.IsNullOrEmpty(origin) && !origin.Contains('\n', StringComparison.Ordinal) && SignedNote.IsValidText(origin + '\n');

    /// <summary>Reads exactly what <see cref="Format"/> writes.</summary>
    /// <param name="text">The text of a note, with its final newline.</param>
    /// <param name="checkpoint">The checkpoint, or null when the text was refused.</param>
    /// <param name="problem">Why the text was refused, or null.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(text);

        checkpoint = null;

        // Three lines and the empty rest behind the last newline; a fifth part means extension lines.
        string[] lines = text.Split('\n', 5);
        if (lines.Length < 4 || (lines.Length == 4 && lines[3].Length != 0))
        {
            problem = Problem("checkpoint-syntax", "Expected three lines that end with newlines, found other text.");
            return false;
        }

        if (lines.Length == 5)
        {
            problem = Problem("checkpoint-extension", "Expected no lines after the root hash, found some.");
            return false;
        }

        if (!IsValidOrigin(lines[0]))
        {
            problem = Problem("checkpoint-origin", "Expected one non-empty line without control characters, found other text.");
            return false;
        }

        if (!TreeSizeText.TryParse(lines[1], out ulong size))
        {
            problem = Problem("checkpoint-size", "Expected a decimal number below 2^64 without leading zeros, found other text.");
            return false;
        }

        if (!Base64Text.TryDecode(lines[2], out byte[]? rootHash) || rootHash.Length != Bytes32.Length)
        {
            problem = Problem("checkpoint-root", "Expected the canonical Base64 of 32 bytes, found other text.");
            return false;
        }

        checkpoint = new Checkpoint(lines[0], size, Bytes32.FromBytes(rootHash));
        problem = null;
        return true;
    }

    /// <summary>The text to sign, ending with a newline.</summary>
    public string Format() =>
        string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Base64Text.Encode(RootHash.AsSpan())}\n");

    private static ParseProblem Problem(string code, string message) => new(code, "", message);
}
