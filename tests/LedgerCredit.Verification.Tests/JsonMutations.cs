using System.Globalization;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification.Tests;

/// <summary>A changed document.</summary>
/// <param name="Path">Where it was changed, for example <c>$.anchor.block.number</c>.</param>
/// <param name="What">How: <c>removed</c>, <c>swapped</c>, …</param>
/// <param name="Document">The whole document with that change.</param>
internal sealed record JsonMutation(string Path, string What, JsonValue Document);

/// <summary>Changes every value of a JSON document, one at a time.</summary>
internal static class JsonMutations
{
    // Of longer strings only every nth character is changed, and always the last three.
    private const int Exhaustive = 120;

    /// <summary>All changes.</summary>
    /// <param name="value">The document.</param>
    /// <param name="stride">In long strings every how many-eth character is changed.</param>
    /// <param name="path">Where the value stands.</param>
    public static IEnumerable<JsonMutation> Of(JsonValue value, int stride, string path = "$")
    {
        yield return new JsonMutation(path, "null", new JsonNull());
        yield return new JsonMutation(path, "array", new JsonArray(value));
        foreach (JsonMutation mutation in value switch
        {
            JsonObject json => OfObject(json, stride, path),
            JsonArray array => OfArray(array, stride, path),
            JsonString text => OfString(text, stride, path),
            JsonNumber number => OfNumber(number, path),
            _ => [],
        })
        {
            yield return mutation;
        }
    }

    private static IEnumerable<JsonMutation> OfObject(JsonObject json, int stride, string path)
    {
        JsonMember[] members = [.. json.Members];
        yield return new JsonMutation(path, "unknown member", new JsonObject([.. members, new JsonMember("x", new JsonNull())]));
        for (int i = 0; i < members.Length; i++)
        {
            string memberPath = $"{path}.{members[i].Name}";
            JsonMember[] others = [.. members[..i], .. members[(i + 1)..]];
            yield return new JsonMutation(memberPath, "removed", new JsonObject(others));
            yield return new JsonMutation(
                memberPath, "renamed", new JsonObject([.. others, new JsonMember(members[i].Name + "x", members[i].Value)]));
            foreach (JsonMutation inner in Of(members[i].Value, stride, memberPath))
            {
                JsonMember[] changed = [.. members];
                changed[i] = new JsonMember(members[i].Name, inner.Document);
                yield return inner with { Document = new JsonObject(changed) };
            }
        }
    }

    private static IEnumerable<JsonMutation> OfArray(JsonArray array, int stride, string path)
    {
        JsonValue[] items = [.. array.Items];
        yield return new JsonMutation(path, "emptied", new JsonArray());
        for (int i = 0; i < items.Length; i++)
        {
            string itemPath = $"{path}[]";
            yield return new JsonMutation(itemPath, "removed", new JsonArray([.. items[..i], .. items[(i + 1)..]]));
            yield return new JsonMutation(itemPath, "duplicated", new JsonArray([.. items[..i], items[i], .. items[i..]]));
            if (i != 0)
            {
                yield return new JsonMutation(
                    itemPath, "swapped", new JsonArray([.. items[..(i - 1)], items[i], items[i - 1], .. items[(i + 1)..]]));
            }

            foreach (JsonMutation inner in Of(items[i], stride, itemPath))
            {
                JsonValue[] changed = [.. items];
                changed[i] = inner.Document;
                yield return inner with { Document = new JsonArray(changed) };
            }
        }
    }

    private static IEnumerable<JsonMutation> OfString(JsonString text, int stride, string path)
    {
        string value = text.Value;
        yield return new JsonMutation(path, "emptied", new JsonString(""));
        yield return new JsonMutation(path, "longer", new JsonString(value + "0"));
        yield return new JsonMutation(path, "longer by a byte", new JsonString(value + "00"));
        yield return new JsonMutation(path, "shorter", new JsonString(value[..^1]));
        yield return new JsonMutation(path, "shorter by a byte", new JsonString(value.Length < 2 ? "" : value[..^2]));
        yield return new JsonMutation(path, "space", new JsonString(value + " "));
        yield return new JsonMutation(path, "newline", new JsonString(value + "\n"));
        if (value.Any(char.IsAsciiLetterLower))
        {
            yield return new JsonMutation(path, "upper case", new JsonString(value.ToUpperInvariant()));
        }

        for (int i = 0; i < value.Length; i++)
        {
            if (value.Length <= Exhaustive || i % stride == 0 || i >= value.Length - 3)
            {
                // Another hex digit, which is also another letter of Base64 and of names.
                char other = value[i] == 'a' ? 'b' : value[i] == '1' ? '2' : char.IsAsciiDigit(value[i]) ? '1' : 'a';
                yield return new JsonMutation(
                    path, string.Create(CultureInfo.InvariantCulture, $"character {i}"), new JsonString(value[..i] + other + value[(i + 1)..]));
            }
        }
    }

    private static IEnumerable<JsonMutation> OfNumber(JsonNumber number, string path)
    {
        long value = long.Parse(number.Text, CultureInfo.InvariantCulture);
        foreach (string text in new[] { $"{value + 1}", $"{value - 1}", "0", $"{value}.0", $"{value}e0", $"-{value}", $"0{value}", "9007199254740993" })
        {
            if (text != number.Text && !(text.StartsWith('0') && text.Length > 1))
            {
                yield return new JsonMutation(path, text, new JsonNumber(text));
            }
        }

        yield return new JsonMutation(path, "as text", new JsonString(number.Text));
    }
}
