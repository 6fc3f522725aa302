namespace LedgerCredit.Primitives.Json;

/// <summary>The first thing that was wrong while a document was read with <see cref="JsonCursor"/>s.</summary>
public sealed class JsonProblems
{
    /// <summary>The first problem, or null while all is well.</summary>
    public ParseProblem? First { get; private set; }

    /// <summary>Notes a problem unless an earlier one is there.</summary>
    public void Add(string code, string path, string message) => First ??= new ParseProblem(code, path, message);
}

/// <summary>Reads a document of known shape: a place in the JSON tree with its path.</summary>
/// <remarks>
/// A read that does not find what it expects notes a problem and returns an empty value, so that a format can be read
/// from top to bottom and <see cref="JsonProblems.First"/> checked once at the end. What was read must not be used
/// before that check.
/// </remarks>
public readonly struct JsonCursor
{
    private readonly JsonValue? _value;
    private readonly string _path;
    private readonly JsonProblems _problems;

    private JsonCursor(JsonValue? value, string path, JsonProblems problems)
    {
        _value = value;
        _path = path;
        _problems = problems;
    }

    /// <summary>The path of this place, for example <c>$.anchor.block</c>.</summary>
    public string Path => _path;

    /// <summary>The value here, or null where it was missing.</summary>
    public JsonValue? Value => _value;

    /// <summary>Starts at the root of a document.</summary>
    public static JsonCursor Root(JsonValue value, JsonProblems problems) => new(value, "$", problems);

    /// <summary>Demands an object with exactly the required members and any of the optional ones.</summary>
    public JsonCursor ObjectWith(ReadOnlySpan<string> required, ReadOnlySpan<string> optional = default)
    {
        if (As<JsonObject>("an object") is JsonObject json)
        {
            foreach (string name in required)
            {
                if (json.Find(name) is null)
                {
                    _problems.Add("missing-member", $"{_path}.{name}", "Expected this member, found none.");
                }
            }

            foreach (JsonMember member in json.Members)
            {
                if (!required.Contains(member.Name) && !optional.Contains(member.Name))
                {
                    _problems.Add("unknown-member", $"{_path}.{JsonNames.Show(member.Name)}", "Expected only known members, found this one.");
                }
            }
        }

        return this;
    }

    /// <summary>Goes to a member that must be there.</summary>
    public JsonCursor Member(string name)
    {
        string path = $"{_path}.{name}";
        JsonValue? found = (_value as JsonObject)?.Find(name);
        if (found is null)
        {
            _problems.Add("missing-member", path, "Expected this member, found none.");
        }

        return new JsonCursor(found, path, _problems);
    }

    /// <summary>Goes to a member where it is present.</summary>
    public bool TryMember(string name, out JsonCursor member)
    {
        JsonValue? found = (_value as JsonObject)?.Find(name);
        member = new JsonCursor(found, $"{_path}.{name}", _problems);
        return found is not null;
    }

    /// <summary>All members of the object here, whatever their names.</summary>
    public IEnumerable<(string Name, JsonCursor Value)> Members()
    {
        if (As<JsonObject>("an object") is not JsonObject json)
        {
            return [];
        }

        JsonCursor self = this;
        return json.Members.Select(m => (m.Name, new JsonCursor(m.Value, $"{self._path}.{JsonNames.Show(m.Name)}", self._problems)));
    }

    /// <summary>The items of the array here.</summary>
    /// <param name="maxCount">More items are a problem.</param>
    public IReadOnlyList<JsonCursor> Items(int maxCount)
    {
        if (As<JsonArray>("an array") is not JsonArray array)
        {
            return [];
        }

        if (array.Items.Count > maxCount)
        {
            _problems.Add("too-many-items", _path, $"Expected at most {maxCount} items, found {array.Items.Count}.");
            return [];
        }

        JsonCursor self = this;
        return [.. array.Items.Select((item, i) => new JsonCursor(item, $"{self._path}[{i}]", self._problems))];
    }

    /// <summary>The text of the string here.</summary>
    public string Text() => As<JsonString>("a string")?.Value ?? "";

    /// <summary>The value of the boolean here.</summary>
    public bool Boolean() => As<JsonBoolean>("true or false")?.Value ?? false;

    /// <summary>The plain decimal integer here, from 0 to 2^53 - 1.</summary>
    public ulong SafeInteger()
    {
        if (As<JsonNumber>("a number") is not JsonNumber number)
        {
            return 0;
        }

        if (!number.TryGetSafeInteger(out ulong value))
        {
            Refuse("bad-integer", "Expected a plain decimal integer below 2^53, found another number.");
        }

        return value;
    }

    /// <summary>The bytes of the lower-case, 0x-prefixed hex string here.</summary>
    public byte[] HexBytes()
    {
        string text = Text();
        if (!Hex.TryDecode(text, out byte[]? bytes))
        {
            Refuse("bad-hex", "Expected 0x and an even number of lower-case hex digits, found other text.");
            return [];
        }

        return bytes;
    }

    /// <summary>The thirty-two bytes of the hex string here.</summary>
    public Bytes32 Hex32()
    {
        if (!Bytes32.TryParseHex(Text(), out Bytes32 value))
        {
            Refuse("bad-hex", "Expected 0x and 64 lower-case hex digits, found other text.");
        }

        return value;
    }

    /// <summary>The bytes of the canonical, padded Base64 string here.</summary>
    public byte[] Base64Bytes()
    {
        if (!Base64Text.TryDecode(Text(), out byte[]? bytes))
        {
            Refuse("bad-base64", "Expected canonical Base64 with padding, found other text.");
            return [];
        }

        return bytes;
    }

    /// <summary>Notes a problem at this place.</summary>
    public void Refuse(string code, string message) => _problems.Add(code, _path, message);

    private T? As<T>(string expected)
        where T : JsonValue
    {
        if (_value is T value)
        {
            return value;
        }

        if (_value is not null)
        {
            Refuse("wrong-type", $"Expected {expected}, found {_value.TypeName}.");
        }
        else
        {
            // Reached only below a missing member, which is noted already.
            _problems.Add("missing-member", _path, $"Expected {expected}, found nothing.");
        }

        return null;
    }
}
