using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Primitives.Json;

/// <summary>A JSON value as it was written: member order and the text of numbers are kept.</summary>
/// <remarks>A closed set: object, array, string, number, boolean, null. Immutable.</remarks>
public abstract class JsonValue
{
    private protected JsonValue()
    {
    }

    /// <summary>What kind of value this is, in words for messages: <c>object</c>, <c>array</c>, <c>string</c>, …</summary>
    public abstract string TypeName { get; }
}

/// <summary>A member of a JSON object.</summary>
/// <param name="Name">The unescaped name.</param>
/// <param name="Value">The value.</param>
public readonly record struct JsonMember(string Name, JsonValue Value);

/// <summary>A JSON object. Names are unique.</summary>
public sealed class JsonObject : JsonValue
{
    private readonly JsonMember[] _members;

    /// <summary>Makes an object of members in this order.</summary>
    /// <exception cref="ArgumentException">Two members have the same name.</exception>
    public JsonObject(params IEnumerable<JsonMember> members)
    {
        _members = [.. members];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonMember member in _members)
        {
            if (!names.Add(member.Name))
            {
                throw new ArgumentException("Two members have the same name.", nameof(members));
            }
        }
    }

    // For the parser, which has checked the names already.
    internal JsonObject(JsonMember[] members)
    {
        _members = members;
    }

    /// <summary>The members in the order they were written.</summary>
    public IReadOnlyList<JsonMember> Members => _members;

    /// <inheritdoc/>
    public override string TypeName => "object";

    /// <summary>Finds a member's value, or null.</summary>
    public JsonValue? Find(string name)
    {
        foreach (JsonMember member in _members)
        {
            if (member.Name == name)
            {
                return member.Value;
            }
        }

        return null;
    }

    /// <summary>Finds a member that is a string.</summary>
    /// <returns><see langword="false"/> where the member is missing or is something else than a string.</returns>
    public bool TryFindString(string name, [NotNullWhen(true)] out string? value)
    {
        value = (Find(name) as JsonString)?.Value;
        return value is not null;
    }
}

/// <summary>A JSON array.</summary>
public sealed class JsonArray(params IReadOnlyList<JsonValue> items) : JsonValue
{
    /// <summary>The items in order.</summary>
    public IReadOnlyList<JsonValue> Items { get; } = items;

    /// <inheritdoc/>
    public override string TypeName => "array";
}

/// <summary>A JSON string, unescaped; never with a lone surrogate when it comes from <see cref="StrictJson"/>.</summary>
public sealed class JsonString(string value) : JsonValue
{
    /// <summary>The text.</summary>
    public string Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "string";
}

/// <summary>A JSON number as the text it was written in.</summary>
public sealed class JsonNumber : JsonValue
{
    /// <summary>Makes a number of text in JSON's number grammar.</summary>
    public JsonNumber(string text)
    {
        Text = text;
    }

    /// <summary>Makes an integer.</summary>
    public JsonNumber(long value)
    {
        Text = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The number's text, for example <c>1.10</c>.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public override string TypeName => "number";

    /// <summary>Reads a plain decimal integer from 0 to 2^53 - 1: no sign, fraction, exponent or leading zero.</summary>
    public bool TryGetSafeInteger(out ulong value)
    {
        value = 0;
        if (Text.Length > 16 || (Text.Length > 1 && Text[0] == '0'))
        {
            return false;
        }

        foreach (char c in Text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (ulong)(c - '0');
        }

        return value < 1UL << 53;
    }
}

/// <summary>A JSON true or false.</summary>
public sealed class JsonBoolean(bool value) : JsonValue
{
    /// <summary>The value.</summary>
    public bool Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "boolean";
}

/// <summary>The JSON null.</summary>
public sealed class JsonNull : JsonValue
{
    /// <inheritdoc/>
    public override string TypeName => "null";
}
