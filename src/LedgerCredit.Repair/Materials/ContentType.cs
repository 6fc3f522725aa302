using System.Diagnostics;

namespace LedgerCredit.Repair.Materials;

/// <summary>What a file is by its content, whatever its name says.</summary>
public enum ContentType
{
    /// <summary>Nothing that is accepted.</summary>
    Unknown = 0,

    /// <summary>PDF (ISO 32000).</summary>
    Pdf,

    /// <summary>JPEG (ITU-T T.81).</summary>
    Jpeg,

    /// <summary>PNG (ISO/IEC 15948).</summary>
    Png,
}

/// <summary>The names of the content types.</summary>
public static class ContentTypes
{
    /// <summary>The type whose name stands in rule packs and packages, or <see cref="ContentType.Unknown"/>.</summary>
    public static ContentType Find(string name) => name switch
    {
        "pdf" => ContentType.Pdf,
        "jpeg" => ContentType.Jpeg,
        "png" => ContentType.Png,
        _ => ContentType.Unknown,
    };

    /// <summary>The name in rule packs and packages, which is also the end of a file's name in a package.</summary>
    /// <exception cref="ArgumentException">The type is <see cref="ContentType.Unknown"/>.</exception>
    public static string ToName(this ContentType type) => type switch
    {
        ContentType.Unknown => throw new ArgumentException("Content of no accepted type has no name.", nameof(type)),
        ContentType.Pdf => "pdf",
        ContentType.Jpeg => "jpeg",
        ContentType.Png => "png",
        _ => throw new UnreachableException($"There is no content type {type}."),
    };
}
