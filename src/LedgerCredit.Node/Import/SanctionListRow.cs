using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>What the rows of foreign sanction lists have in common.</summary>
internal static class SanctionListRow
{
    // Spellings of one country in the lists, so that a name and its country lead to one subject.
    private static readonly Dictionary<string, string> Countries = new(StringComparer.OrdinalIgnoreCase)
    {
        ["People's Republic of China"] = "China",
        ["Peoples Republic of China"] = "China",
        ["Turkey"] = "Türkiye",
        ["Turkiye"] = "Türkiye",
        ["USA"] = "United States",
        ["United States of America"] = "United States",
    };

    /// <summary>Rejects a person, and what may be one, where the rules refuse natural persons.</summary>
    public static void CheckPerson(RecordDraft draft, RecordRules rules, PersonSign sign, string column)
    {
        if (rules.AllowNaturalPersons)
        {
            if (sign == PersonSign.Certain)
            {
                draft.Claim(SubjectTypes.Claim, SubjectTypes.NaturalPerson);
            }
        }
        else if (sign == PersonSign.Certain)
        {
            RejectPerson(draft, column);
        }
        else if (sign == PersonSign.Possible)
        {
            draft.Reject(
                "possible-natural-person",
                "Expected an organisation, found a name that may be a person's: nothing in the row speaks for an organisation. "
                + "If it is one, import this record as NDJSON.",
                column);
        }
    }

    /// <summary>Rejects a row that is about a person.</summary>
    public static void RejectPerson(RecordDraft draft, string? column) => draft.Reject(
        "natural-person", "Records about natural persons are refused unless the node's configuration allows them.", column);

    /// <summary>The subject of a list that has no numbers for its subjects: country and name.</summary>
    /// <remarks>With the country, because two firms of one name must not become one subject.</remarks>
    public static string SubjectOf(string scheme, string country, string name)
    {
        string slug = CellText.Slug(name);
        string countrySlug = CellText.Slug(country);
        return $"{scheme}:{(countrySlug.Length == 0 ? slug : $"{countrySlug}/{slug}")}";
    }

    /// <summary>The usual name of a country that the list may spell in several ways.</summary>
    public static string Country(string text)
    {
        string country = CellText.OneLine(text);
        return Countries.GetValueOrDefault(country, country);
    }

    /// <summary>Midnight UTC of a day: lists of institutions outside China state days without a zone.</summary>
    public static string MidnightUtc(string date) => $"{date}T00:00:00Z";
}
