using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Repair.Materials;

/// <summary>The bytes of a file as they were checked, or as much of them as it took to refuse it.</summary>
/// <remarks>The bytes are kept in memory once: a file is hashed, checked and packed as it was at one moment.</remarks>
public sealed class MaterialContent
{
    private MaterialContent(ReadOnlyMemory<byte> bytes, ContentFailure failure)
    {
        Bytes = bytes;
        Failure = failure;
        Type = ContentInspection.TypeOf(bytes.Span);
        FileHash = Sha256.Hash(bytes.Span);
    }

    /// <summary>The bytes; of a file that is too large only the beginning.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>What the content is, whatever the file's name says.</summary>
    public ContentType Type { get; }

    /// <summary>Why the content is refused, or <see cref="ContentFailure.None"/>.</summary>
    public ContentFailure Failure { get; }

    /// <summary>SHA-256 of the bytes.</summary>
    public Bytes32 FileHash { get; }

    /// <summary>Reads a file to its end, or one byte beyond the largest size.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="rules">What the rule pack accepts.</param>
    public static MaterialContent Read(Stream stream, RepairRules rules)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(rules);

        using MemoryStream copy = new();
        byte[] buffer = new byte[64 * 1024];
        int most = rules.MaxFileBytes.Value + 1;
        while (copy.Length < most)
        {
            int count = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, most - copy.Length));
            if (count == 0)
            {
                break;
            }

            copy.Write(buffer, 0, count);
        }

        return Of(copy.GetBuffer().AsMemory(0, (int)copy.Length), rules);
    }

    /// <summary>Checks bytes that are in memory already.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="rules">What the rule pack accepts.</param>
    public static MaterialContent Of(ReadOnlyMemory<byte> bytes, RepairRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);

        return new MaterialContent(bytes, Check(bytes.Span, rules));
    }

    private static ContentFailure Check(ReadOnlySpan<byte> bytes, RepairRules rules)
    {
        if (bytes.Length > rules.MaxFileBytes.Value)
        {
            return ContentFailure.TooLarge;
        }

        ContentFailure failure = ContentInspection.Inspect(bytes);
        bool isAccepted = failure is ContentFailure.Empty or ContentFailure.UnknownType
            || rules.FileTypes.Contains(ContentInspection.TypeOf(bytes).ToName());
        return isAccepted ? failure : ContentFailure.TypeNotAccepted;
    }
}
