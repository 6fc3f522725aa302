using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>Checks single claims by name and notes what is wrong with them.</summary>
internal sealed class ClaimReader(JsonObject claims, RecordProblemList problems) : IClaimReader
{
    private const string Parent = "/claims";

    /// <inheritdoc/>
    public void RequiredText(string name) => Text(name, isRequired: true);

    /// <inheritdoc/>
    public void OptionalText(string name) => Find<JsonString>(name, "a string", isRequired: false);

    /// <inheritdoc/>
    public void Text(string name, bool isRequired)
    {
        string? text = Find<JsonString>(name, "a string", isRequired)?.Value;
        if (isRequired && text is "")
        {
            problems.Add("empty-claim", Path(name), "Expected some text, found none.");
        }
    }

    /// <inheritdoc/>
    public void Texts(string name, bool isRequired)
    {
        JsonArray? array = Find<JsonArray>(name, "an array of strings", isRequired);
        if (array is null)
        {
            return;
        }

        if (isRequired && array.Items.Count == 0)
        {
            problems.Add("empty-claim", Path(name), "Expected at least one item, found none.");
        }

        for (int i = 0; i < array.Items.Count; i++)
        {
            string path = JsonPointer.Append(Path(name), i);
            if (array.Items[i] is not JsonString text)
            {
                problems.AddWrongType(path, "a string", array.Items[i]);
            }
            else if (text.Value.Length == 0)
            {
                problems.Add("empty-claim", path, "Expected some text, found none.");
            }
        }
    }

    /// <inheritdoc/>
    public string? RequiredChoice(string name, string code, string[] choices)
    {
        string? text = Find<JsonString>(name, "a string", isRequired: true)?.Value;
        if (text is null || Array.IndexOf(choices, text) >= 0)
        {
            return text;
        }

        problems.Add(code, Path(name), $"Expected one of {string.Join(", ", choices)}, found other text.");
        return null;
    }

    /// <inheritdoc/>
    public void Date(string name, bool isRequired)
    {
        string? text = Find<JsonString>(name, "a string", isRequired)?.Value;
        if (text is not null && !CivilDate.TryParse(text, out _))
        {
            problems.Add("bad-date", Path(name), "Expected a date that exists as YYYY-MM-DD, found other text.");
        }
    }

    /// <inheritdoc/>
    public void Money(string name)
    {
        string? text = Find<JsonString>(name, "a decimal string", isRequired: false)?.Value;
        if (text is not null && !IsAmount(text))
        {
            problems.Add(
                "bad-money",
                Path(name),
                "Expected digits without leading zeros and at most one decimal point between digits, found other text.");
        }
    }

    /// <inheritdoc/>
    public void Boolean(string name) => Find<JsonBoolean>(name, "true or false", isRequired: false);

    /// <inheritdoc/>
    public void RequiredHash(string name)
    {
        string? text = Find<JsonString>(name, "a string", isRequired: true)?.Value;
        if (text is not null && !Bytes32.TryParseHex(text, out _))
        {
            problems.Add("bad-hash", Path(name), "Expected 0x and 64 lower-case hex digits, found other text.");
        }
    }

    /// <inheritdoc/>
    public void Forbid(string name, string code, string message)
    {
        if (claims.Find(name) is not null)
        {
            problems.Add(code, Path(name), message);
        }
    }

    private T? Find<T>(string name, string expected, bool isRequired)
        where T : JsonValue
    {
        switch (claims.Find(name))
        {
            case T value:
                return value;
            case null:
                if (isRequired)
                {
                    problems.AddMissing(Parent, name);
                }

                return null;
            case JsonValue other:
                problems.AddWrongType(Path(name), expected, other);
                return null;
        }
    }

    // Not negative: 0 or digits without a leading zero, then perhaps a point and digits.
    internal static bool IsAmount(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> whole = text;
        int point = whole.IndexOf('.');
        if (point >= 0)
        {
            ReadOnlySpan<char> fraction = whole[(point + 1)..];
            whole = whole[..point];
            if (fraction.Length == 0 || fraction.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }
        }

        return whole.Length > 0 && !whole.ContainsAnyExceptInRange('0', '9') && (whole.Length == 1 || whole[0] != '0');
    }

    private static string Path(string name) => JsonPointer.Append(Parent, name);
}
