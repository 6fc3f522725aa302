using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace LedgerCredit.Primitives.Json;

/// <summary>Reads JSON (RFC 8259) as I-JSON (RFC 7493) demands, within given bounds.</summary>
/// <remarks>
/// Refused: more bytes or deeper nesting than the limits, a byte order mark, invalid UTF-8, escaped lone surrogates,
/// duplicate member names, comments, trailing commas, anything behind the value. Numbers may have any size: their
/// text is kept. Work and memory are linear in the input.
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
        [NotNullWhen(false)] out ParseProblem? problem) =>
        TryParse(utf8, limits, JsonPathForm.Path, out value, out problem);

    /// <summary>Reads one JSON value.</summary>
    /// <param name="utf8">The whole text.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="pathForm">How the problem's path is written.</param>
    /// <param name="value">The value, or null when the text was refused.</param>
    /// <param name="problem">
    /// Why the text was refused, or null. Its path is the member at fault; for malformed text, which has no members,
    /// the
    /// line and the byte in it.
    /// </param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        JsonLimits limits,
        JsonPathForm pathForm,
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

        Walk walk = new(utf8, limits);
        try
        {
            value = walk.ReadDocument();
            problem = walk.Problem(pathForm);
        }
        catch (JsonException e)
        {
            // The framework's reader has no other way to report malformed text; this is the one place where it ends.
            problem = new ParseProblem(
                "json-syntax",
                $"line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}",
                "Expected valid JSON, found malformed text.");
        }

        return value is not null && problem is null;
    }

    private static ParseProblem? Precheck(ReadOnlySpan<byte> utf8, JsonLimits limits)
    {
        if (utf8.Length > limits.MaxBytes)
        {
            return new ParseProblem("too-large", "", $"Expected at most {limits.MaxBytes} bytes, found {utf8.Length}.");
        }

        return utf8.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])
            ? new ParseProblem("json-bom", "", "Expected UTF-8 without a byte order mark, found one.")
            : null;
    }

    /// <summary>One pass over the text. After the first problem every method returns null.</summary>
    private ref struct Walk
    {
        private readonly JsonLimits _limits;
        private Utf8JsonReader _reader;
        private (string Code, string Message)? _problem;

        // The way from the problem up to the root, filled while the methods return.
        private List<(string? Name, int Index)>? _way;

        public Walk(ReadOnlySpan<byte> utf8, JsonLimits limits)
        {
            _limits = limits;

            // One level more than allowed, so that the reader never throws for depth: ReadValue refuses it with its
            // path.
            _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = limits.MaxDepth + 1 });
        }

        public readonly ParseProblem? Problem(JsonPathForm form) =>
            _problem is null ? null : new ParseProblem(_problem.Value.Code, FormatWay(form), _problem.Value.Message);

        /// <exception cref="JsonException">The text is not JSON.</exception>
        public JsonValue? ReadDocument()
        {
            if (!_reader.Read())
            {
                return Refuse("json-syntax", "Expected a JSON value, found nothing.");
            }

            JsonValue? value = ReadValue();
            if (value is not null)
            {
                // Read past the end: throws for anything but white space.
                _reader.Read();
            }

            return value;
        }

        private JsonValue? ReadValue()
        {
            bool isContainer = _reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            if (isContainer && _reader.CurrentDepth >= _limits.MaxDepth)
            {
                return Refuse("json-depth", $"Expected nesting of at most {_limits.MaxDepth} levels, found more.");
            }

            switch (_reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    return ReadObject();
                case JsonTokenType.StartArray:
                    return ReadArray();
                case JsonTokenType.String:
                    return ReadString() is string text ? new JsonString(text) : null;
                case JsonTokenType.Number:
                    return new JsonNumber(Encoding.ASCII.GetString(_reader.ValueSpan));
                case JsonTokenType.True or JsonTokenType.False:
                    return new JsonBoolean(_reader.TokenType == JsonTokenType.True);
                case JsonTokenType.Null:
                    return new JsonNull();
                default:
                    throw new UnreachableException($"Token {_reader.TokenType} cannot begin a value.");
            }
        }

        private JsonObject? ReadObject()
        {
            List<JsonMember> members = [];
            HashSet<string>? names = null;
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
            {
                string? name = ReadString();
                if (name is null)
                {
                    return null;
                }

                if (IsDuplicate(name, members, ref names))
                {
                    Refuse("json-duplicate", "Expected each member once, found it twice.");
                    return Leave<JsonObject>(name, 0);
                }

                _reader.Read();
                JsonValue? value = ReadValue();
                if (value is null)
                {
                    return Leave<JsonObject>(name, 0);
                }

                members.Add(new JsonMember(name, value));
            }

            return new JsonObject(members.ToArray());
        }

        private JsonArray? ReadArray()
        {
            List<JsonValue> items = [];
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            {
                JsonValue? item = ReadValue();
                if (item is null)
                {
                    return Leave<JsonArray>(null, items.Count);
                }

                items.Add(item);
            }

            return new JsonArray(items);
        }

        private string? ReadString()
        {
            // GetString throws for both of these, so look before.
            if (!System.Text.Unicode.Utf8.IsValid(_reader.ValueSpan))
            {
                Refuse("json-utf8", "Expected valid UTF-8, found other bytes.");
                return null;
            }

            if (_reader.ValueIsEscaped && HasLoneSurrogateEscape(_reader.ValueSpan))
            {
                Refuse("json-surrogate", "Expected paired surrogates, found a lone one.");
                return null;
            }

            return _reader.GetString() ?? throw new UnreachableException("The token is a string.");
        }

        // Most objects are small; only for large ones a set is worth its making.
        private static bool IsDuplicate(string name, List<JsonMember> members, ref HashSet<string>? names)
        {
            const int SmallObject = 8;
            if (members.Count < SmallObject)
            {
                foreach (JsonMember member in members)
                {
                    if (member.Name == name)
                    {
                        return true;
                    }
                }

                return false;
            }

            names ??= new HashSet<string>(members.Select(member => member.Name), StringComparer.Ordinal);
            return !names.Add(name);
        }

        private JsonValue? Refuse(string code, string message)
        {
            _problem = (code, message);
            return null;
        }

        private T? Leave<T>(string? name, int index)
            where T : JsonValue
        {
            _way ??= [];
            _way.Add((name, index));
            return null;
        }

        private readonly string FormatWay(JsonPathForm form)
        {
            string path = form == JsonPathForm.Path ? "$" : "";
            for (int i = (_way?.Count ?? 0) - 1; i >= 0; i--)
            {
                (string? name, int index) = _way![i];
                path = (form, name) switch
                {
                    (JsonPathForm.Path, null) => $"{path}[{index}]",
                    (JsonPathForm.Path, _) => $"{path}.{JsonNames.Show(name)}",
                    (_, null) => JsonPointer.Append(path, index),
                    _ => JsonPointer.Append(path, name),
                };
            }

            return path;
        }
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
}
