namespace LedgerCredit.Repair.Materials;

/// <summary>Why the content of a file is refused, or <see cref="None"/>.</summary>
public enum ContentFailure
{
    /// <summary>The content is accepted.</summary>
    None = 0,

    /// <summary>The file has no bytes.</summary>
    Empty,

    /// <summary>The file is larger than the rule pack allows.</summary>
    TooLarge,

    /// <summary>The content is none of PDF, JPEG and PNG.</summary>
    UnknownType,

    /// <summary>The content is of a type that the rule pack does not accept.</summary>
    TypeNotAccepted,

    /// <summary>The content ends before its format says that it ends.</summary>
    Truncated,

    /// <summary>The content breaks the rules of its format.</summary>
    Damaged,

    /// <summary>The file cannot be read without a password, or restricts what readers may do with it.</summary>
    Encrypted,
}
