namespace LedgerCredit.Evidence;

/// <summary>Checks single claims by name: what <see cref="ClaimRules"/> asks of a record's claims.</summary>
/// <remarks>
/// <see cref="ClaimReader"/> asks JSON values and says what is wrong; <see cref="SlicedClaims"/> asks the bytes of a canonical
/// record and only whether all is right.
/// </remarks>
internal interface IClaimReader
{
    /// <summary>A string that is there and not empty.</summary>
    void RequiredText(string name);

    /// <summary>A string, which may be empty.</summary>
    void OptionalText(string name);

    /// <summary>A string that is not empty where it is required.</summary>
    void Text(string name, bool isRequired);

    /// <summary>An array of strings that is not empty where it is required.</summary>
    void Texts(string name, bool isRequired);

    /// <summary>One of some names.</summary>
    /// <returns>The name as it stands there, or null where there is no text.</returns>
    string? RequiredChoice(string name, string code, string[] choices);

    /// <summary>A civil date.</summary>
    void Date(string name, bool isRequired);

    /// <summary>An optional amount of money: a decimal string.</summary>
    void Money(string name);

    /// <summary>An optional true or false.</summary>
    void Boolean(string name);

    /// <summary>A hash: 0x and 64 lower-case hex digits.</summary>
    void RequiredHash(string name);

    /// <summary>A claim that must not be there.</summary>
    void Forbid(string name, string code, string message);
}
