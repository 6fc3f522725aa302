using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Materials;

/// <summary>A file that somebody who acts for a subject gives the node to keep.</summary>
/// <param name="Sanction">Leaf hash of the sanction.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Organisation">The id of the organisation that uploads.</param>
/// <param name="UploadedBy">Who uploads, by the name of the access log.</param>
/// <param name="Kind">The kind of the material, 1 to 63.</param>
/// <param name="Type">What the content is said to be.</param>
/// <param name="Salt">The salt of its digest on the ledger; null to have one drawn.</param>
public sealed record MaterialUpload(
    Bytes32 Sanction, SubjectId Subject, Bytes32 Organisation, string UploadedBy, int Kind, ContentType Type, Bytes32? Salt);

/// <summary>What came of an upload.</summary>
public enum MaterialResult
{
    /// <summary>It is kept: it survives power loss.</summary>
    Added = 1,

    /// <summary>The same file was kept in the same place before.</summary>
    AlreadyThere,

    /// <summary>It has no bytes.</summary>
    Empty,

    /// <summary>By its first bytes it is not what it is said to be.</summary>
    OtherContent,

    /// <summary>It is larger than <see cref="MaterialLimits.MaxFileBytes"/>.</summary>
    TooLarge,

    /// <summary>The organisation has as many files for this sanction, or as many bytes, as it may.</summary>
    SanctionIsFull,

    /// <summary>The organisation has as many bytes in all as it may.</summary>
    OrganisationIsFull,

    /// <summary>As many files are being taken as may be at the same time.</summary>
    TooManyAtOnce,
}

/// <summary>What came of an upload, and the material where it is kept.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Material">The material that is kept, or null.</param>
public sealed record MaterialOutcome(MaterialResult Result, StoredMaterial? Material);

/// <summary>The media types of materials.</summary>
public static class MaterialTypes
{
    /// <summary>All that are taken.</summary>
    public static IReadOnlyList<string> All { get; } = [MediaTypeOf(ContentType.Pdf), MediaTypeOf(ContentType.Jpeg), MediaTypeOf(ContentType.Png)];

    /// <summary>The content of a media type, or <see cref="ContentType.Unknown"/> where it is not taken.</summary>
    public static ContentType Find(string? mediaType) => mediaType switch
    {
        "application/pdf" => ContentType.Pdf,
        "image/jpeg" => ContentType.Jpeg,
        "image/png" => ContentType.Png,
        _ => ContentType.Unknown,
    };

    /// <summary>The media type of a content.</summary>
    /// <exception cref="ArgumentException">It is none that is taken.</exception>
    public static string MediaTypeOf(ContentType type) => type switch
    {
        ContentType.Pdf => "application/pdf",
        ContentType.Jpeg => "image/jpeg",
        ContentType.Png => "image/png",
        _ => throw new ArgumentException("Expected a type of content that is taken.", nameof(type)),
    };
}
