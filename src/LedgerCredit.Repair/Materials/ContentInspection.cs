namespace LedgerCredit.Repair.Materials;

/// <summary>Finds out what a file is by its bytes, and whether it is whole.</summary>
/// <remarks>
/// docs/spec/repair-package.md section 3. The least structure is checked that tells a whole file from a truncated, damaged
/// or encrypted one; what the pages show is for reviewers. Pure; work is linear in the size.
/// </remarks>
public static class ContentInspection
{
    /// <summary>The type whose signature the content begins with.</summary>
    public static ContentType TypeOf(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("%PDF-"u8))
        {
            return ContentType.Pdf;
        }

        if (content.StartsWith(JpegStructure.Signature))
        {
            return ContentType.Jpeg;
        }

        return content.StartsWith(PngStructure.Signature) ? ContentType.Png : ContentType.Unknown;
    }

    /// <summary>Checks the whole content.</summary>
    /// <returns><see cref="ContentFailure.None"/> for a whole file of a known type.</returns>
    public static ContentFailure Inspect(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
        {
            return ContentFailure.Empty;
        }

        return TypeOf(content) switch
        {
            ContentType.Pdf => PdfStructure.Check(content),
            ContentType.Jpeg => JpegStructure.Check(content),
            ContentType.Png => PngStructure.Check(content),
            _ => ContentFailure.UnknownType,
        };
    }
}
