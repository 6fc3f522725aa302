namespace LedgerCredit.Primitives.Json;

/// <summary>How a place in a JSON document is written in a problem's path.</summary>
public enum JsonPathForm
{
    /// <summary>Like <c>$.anchor.block[0]</c>, as <see cref="JsonCursor"/> has it.</summary>
    Path = 0,

    /// <summary>A JSON pointer (RFC 6901) like <c>/claims/penalties/0</c>, as the problems of records have it.</summary>
    JsonPointer,
}
