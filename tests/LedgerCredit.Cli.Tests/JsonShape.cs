using System.Text;
using System.Text.Json;

namespace LedgerCredit.Cli.Tests;

/// <summary>Names and types of a JSON document without its values: what a program that reads it relies on.</summary>
internal sealed class JsonShape
{
    private readonly SortedSet<string> _types = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly Dictionary<string, JsonShape> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private int _objects;
    private JsonShape? _items;

    /// <summary>The shape of all documents that were added, as indented lines.</summary>
    /// <param name="documents">The documents; a member that only some objects have gets a question mark.</param>
    /// <param name="isFree">Whether the members below a path are the users' own and not listed.</param>
    public static string Describe(IEnumerable<JsonElement> documents, Func<string, bool> isFree)
    {
        JsonShape shape = new();
        foreach (JsonElement document in documents)
        {
            shape.Add(document, "", isFree);
        }

        StringBuilder text = new();
        shape.Write(text, "", "");
        return text.ToString();
    }

    private void Add(JsonElement value, string path, Func<string, bool> isFree)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when isFree(path):
                _types.Add("object (of the record)");
                break;
            case JsonValueKind.Object:
                _types.Add("object");
                _objects++;
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    if (!_members.TryGetValue(member.Name, out JsonShape? shape))
                    {
                        shape = new JsonShape();
                        _members.Add(member.Name, shape);
                        _order.Add(member.Name);
                    }

                    _counts[member.Name] = _counts.GetValueOrDefault(member.Name) + 1;
                    shape.Add(member.Value, $"{path}/{member.Name}", isFree);
                }

                break;
            case JsonValueKind.Array:
                _types.Add("array");
                foreach (JsonElement item in value.EnumerateArray())
                {
                    _items ??= new JsonShape();
                    _items.Add(item, path, isFree);
                }

                break;
            case JsonValueKind.True or JsonValueKind.False:
                _types.Add("boolean");
                break;
            default:
                _types.Add(value.ValueKind.ToString().ToLowerInvariant());
                break;
        }
    }

    private void Write(StringBuilder text, string indent, string name)
    {
        text.Append(indent).Append(name).Append(string.Join(" or ", _types)).Append('\n');
        _items?.Write(text, indent + "  ", "- ");
        foreach (string member in _order)
        {
            _members[member].Write(text, indent + "  ", $"{member}{(_counts[member] < _objects ? "?" : "")}: ");
        }
    }
}
