using System.Globalization;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>
/// Finds what keeps a JSON value from having a canonical form: numbers that are not exact, lone surrogates, nesting
/// beyond a bound.
/// </summary>
internal sealed class JsonContent
{
    private readonly CanonicalNumbers _numbers;
    private readonly int _maxDepth;
    private readonly RecordProblemList _problems;

    // The names and indices that lead to the current value; the pointer is built only where it is needed.
    private readonly List<string> _names = [];

    private JsonContent(CanonicalNumbers numbers, int maxDepth, RecordProblemList problems)
    {
        _numbers = numbers;
        _maxDepth = maxDepth;
        _problems = problems;
    }

    /// <summary>The first problem, or null.</summary>
    public static ParseProblem? FindFirstProblem(JsonValue value, CanonicalNumbers numbers, int maxDepth)
    {
        RecordProblemList problems = new();
        AddProblems(value, numbers, maxDepth, problems);
        return problems.Problems.Count == 0
            ? null
            : new ParseProblem(problems.Problems[0].Code, problems.Problems[0].Path, problems.Problems[0].Message);
    }

    /// <summary>Adds all problems.</summary>
    /// <param name="value">The value.</param>
    /// <param name="numbers">The rule for numbers.</param>
    /// <param name="maxDepth">Deepest nesting: a scalar has depth 0, <c>[]</c> and <c>{}</c> depth 1.</param>
    /// <param name="problems">Takes the problems.</param>
    public static void AddProblems(
        JsonValue value, CanonicalNumbers numbers, int maxDepth, RecordProblemList problems) =>
        new JsonContent(numbers, maxDepth, problems).Visit(value, 0);

    private void Visit(JsonValue value, int depth)
    {
        if (value is JsonObject or JsonArray && depth == _maxDepth)
        {
            _problems.Add("json-depth", Pointer(), $"Expected nesting of at most {_maxDepth} levels, found more.");
            return;
        }

        switch (value)
        {
            case JsonObject json:
                foreach (JsonMember member in json.Members)
                {
                    _names.Add(member.Name);
                    CheckText(member.Name);
                    Visit(member.Value, depth + 1);
                    _names.RemoveAt(_names.Count - 1);
                }

                break;
            case JsonArray array:
                VisitItems(array, depth);
                break;
            case JsonString text:
                CheckText(text.Value);
                break;
            case JsonNumber number:
                CheckNumber(number.Text);
                break;
        }
    }

    private void VisitItems(JsonArray array, int depth)
    {
        for (int i = 0; i < array.Items.Count; i++)
        {
            _names.Add(i.ToString(CultureInfo.InvariantCulture));
            Visit(array.Items[i], depth + 1);
            _names.RemoveAt(_names.Count - 1);
        }
    }

    private void CheckText(string text)
    {
        if (HasLoneSurrogate(text))
        {
            _problems.Add("json-surrogate", Pointer(), "Expected paired surrogates, found a lone one.");
        }
    }

    private void CheckNumber(string text)
    {
        Span<char> canonical = stackalloc char[CanonicalNumber.MaxLength];
        if (!CanonicalNumber.TryWrite(text, _numbers, canonical, out _))
        {
            string message = _numbers == CanonicalNumbers.Exact
                ? "Expected a number whose canonical form (RFC 8785) has the same value, found one that would become another; write it as a string."
                : "Expected a number within the range of doubles, found another.";
            _problems.Add("inexact-number", Pointer(), message);
        }
    }

    private static bool HasLoneSurrogate(string text)
    {
        int i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        while (i >= 0 && i < text.Length)
        {
            if (!char.IsSurrogate(text[i]))
            {
                i++;
            }
            else if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                i += 2;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private string Pointer()
    {
        string pointer = "";
        foreach (string name in _names)
        {
            pointer = JsonPointer.Append(pointer, name);
        }

        return pointer;
    }
}
