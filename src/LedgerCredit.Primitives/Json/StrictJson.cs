using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace LedgerCredit.Primitives.Json;

/// <summary>Reads JSON (RFC 8259) as I-JSON (RFC 7493) demands, within given bounds.</summary>
/// <remarks>
/// Refused: more bytes or deeper nesting than the limits, a byte order mark, invalid UTF-8, escaped lone surrogates, duplicate
/// member names, comments, trailing commas, anything behind the value. Work and memory are linear in the input.
/// </remarks>
public static class StrictJson
{
    /// <summary>Reads one JSON value.</summary>
    /// <param name="utf8">The whole text.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="value">The value, or null when the text was refused.</param>
    /// <param name="problem">Why the text was refused, or null. Its message names members but shows no values.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        JsonLimits limits,
        [NotNullWhen(true)] out JsonValue? value,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(limits);

        value = null;
        problem = Precheck(utf8, limits);
        if (problem is not null)
        {
            return false;
        }

        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        try
        {
            if (!reader.Read())
            {
                problem = new ParseProblem("json-syntax", "", "Expected a JSON value, found nothing.");
                return false;
            }

            if (!TryReadValue(ref reader, "$", out value, out problem))
            {
                value = null;
                return false;
            }

            // Read past the end: throws for anything but white space.
            reader.Read();
            return true;
        }
        catch (JsonException e)
        {
            // The framework's reader has no other way to report malformed text; this is the one place where it ends.
            value = null;
            bool tooDeep = reader.CurrentDepth >= limits.MaxDepth;
            problem = tooDeep
                ? new ParseProblem("json-depth", "", $"Expected nesting of at most {limits.MaxDepth} levels, found more.")
                : new ParseProblem(
                    "json-syntax",
                    $"line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}",
                    "Expected valid JSON, found malformed text.");
            return false;
        }
    }

    private static ParseProblem? Precheck(ReadOnlySpan<byte> utf8, JsonLimits limits)
    {
        if (utf8.Length > limits.MaxBytes)
        {
            return new ParseProblem("too-large", "", $"Expected at most {limits.MaxBytes} bytes, found {utf8.Length}.");
        }

        if (utf8.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            return new ParseProblem("json-bom", "", "Expected UTF-8 without a byte order mark, found one.");
        }

        return Utf8.IsValid(utf8) ? null : new ParseProblem("json-utf8", "", "Expected valid UTF-8, found other bytes.");
    }

    private static bool TryReadValue(
        ref Utf8JsonReader reader,
        string path,
        [NotNullWhen(true)] out JsonValue? value,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        problem = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return TryReadObject(ref reader, path, out value, out problem);
            case JsonTokenType.StartArray:
                return TryReadArray(ref reader, path, out value, out problem);
            case JsonTokenType.String:
                if (!TryReadString(ref reader, path, out string? text, out problem))
                {
                    value = null;
                    return false;
                }

                value = new JsonString(text);
                return true;
            case JsonTokenType.Number:
                value = new JsonNumber(System.Text.Encoding.ASCII.GetString(reader.ValueSpan));
                return true;
            case JsonTokenType.True or JsonTokenType.False:
                value = new JsonBoolean(reader.TokenType == JsonTokenType.True);
                return true;
            case JsonTokenType.Null:
                value = new JsonNull();
                return true;
            default:
                throw new System.Diagnostics.UnreachableException($"Token {reader.TokenType} cannot begin a value.");
        }
    }

    private static bool TryReadObject(
        ref Utf8JsonReader reader,
        string path,
        [NotNullWhen(true)] out JsonValue? value,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        value = null;
        List<JsonMember> members = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (!TryReadString(ref reader, path, out string? name, out problem))
            {
                return false;
            }

            string memberPath = $"{path}.{Shorten(name)}";
            if (!names.Add(name))
            {
                problem = new ParseProblem("json-duplicate", memberPath, "Expected each member once, found it twice.");
                return false;
            }

            reader.Read();
            if (!TryReadValue(ref reader, memberPath, out JsonValue? memberValue, out problem))
            {
                return false;
            }

            members.Add(new JsonMember(name, memberValue));
        }

        value = new JsonObject(members.ToArray());
        problem = null;
        return true;
    }

    private static bool TryReadArray(
        ref Utf8JsonReader reader,
        string path,
        [NotNullWhen(true)] out JsonValue? value,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        value = null;
        List<JsonValue> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // The path is cheap only when it is needed, so the index is left out of it while all is well.
            if (!TryReadValue(ref reader, path, out JsonValue? item, out problem))
            {
                return false;
            }

            items.Add(item);
        }

        value = new JsonArray(items);
        problem = null;
        return true;
    }

    private static bool TryReadString(
        ref Utf8JsonReader reader,
        string path,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        // GetString throws for an escaped lone surrogate, so look before.
        if (reader.ValueIsEscaped && HasLoneSurrogateEscape(reader.ValueSpan))
        {
            text = null;
            problem = new ParseProblem("json-surrogate", path, "Expected paired surrogates, found a lone one.");
            return false;
        }

        text = reader.GetString() ?? throw new System.Diagnostics.UnreachableException("The token is a string.");
        problem = null;
        return true;
    }

    // The reader has checked that each escape is well formed: \uXXXX or a single character.
    private static bool HasLoneSurrogateEscape(ReadOnlySpan<byte> escaped)
    {
        int i = 0;
        while (i < escaped.Length)
        {
            if (escaped[i] != (byte)'\\')
            {
                i++;
                continue;
            }

            if (escaped[i + 1] != (byte)'u')
            {
                i += 2;
                continue;
            }

            ushort unit = Unit(escaped, i);
            i += 6;
            if (char.IsLowSurrogate((char)unit))
            {
                return true;
            }

            if (char.IsHighSurrogate((char)unit))
            {
                if (i + 6 > escaped.Length || escaped[i] != (byte)'\\' || escaped[i + 1] != (byte)'u'
                    || !char.IsLowSurrogate((char)Unit(escaped, i)))
                {
                    return true;
                }

                i += 6;
            }
        }

        return false;
    }

    private static ushort Unit(ReadOnlySpan<byte> escaped, int at) =>
        ushort.Parse(
            escaped.Slice(at + 2, 4),
            System.Globalization.NumberStyles.AllowHexSpecifier,
            System.Globalization.CultureInfo.InvariantCulture);

    private static string Shorten(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
