using System.Text.Json;

namespace LedgerCredit.Service.Problems;

/// <summary>Says which members a body lacks.</summary>
internal static class MissingMembers
{
    // How the framework says it: names of the types that are read here, and nothing of what was sent.
    private const string Marker = "missing required properties including: ";

    /// <summary>The JSON pointers of the members that a body had to have.</summary>
    /// <param name="exception">What the framework says of a body.</param>
    /// <returns>None where something else is wrong with it.</returns>
    internal static IReadOnlyList<string> Of(JsonException exception)
    {
        int begin = exception.Message.IndexOf(Marker, StringComparison.Ordinal);
        if (begin < 0)
        {
            return [];
        }

        string place = JsonPointers.OfPath(exception.Path ?? "");
        List<string> pointers = [];
        string[] parts = exception.Message[(begin + Marker.Length)..].Split('\'');
        for (int i = 1; i < parts.Length; i += 2)
        {
            if (parts[i].Length > 0 && parts[i].All(char.IsAsciiLetterOrDigit))
            {
                pointers.Add($"{place}/{parts[i]}");
            }
        }

        return pointers;
    }
}
