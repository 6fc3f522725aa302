using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>A rating agency as the records name it.</summary>
/// <param name="Slug">The slug of the member that issues its ratings.</param>
/// <param name="HasOwnLetters">Whether the agency's own symbols are others than the letters of the file.</param>
internal sealed record RatingAgency(string Slug, bool HasOwnLetters)
{
    private static readonly Dictionary<string, RatingAgency> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Standard & Poor's Ratings Services"] = new("sp", HasOwnLetters: false),
        ["Moody's Investors Service"] = new("moodys", HasOwnLetters: true),
        ["Fitch Ratings"] = new("fitch", HasOwnLetters: false),
        ["Egan-Jones Ratings Company"] = new("egan-jones", HasOwnLetters: false),
        ["DBRS"] = new("dbrs", HasOwnLetters: true),
        ["Japan Credit Rating Agency,Ltd."] = new("jcr", HasOwnLetters: false),
        ["HR Ratings de Mexico S.A. de C.V."] = new("hr-ratings", HasOwnLetters: true),
    };

    /// <summary>Finds an agency by its name; one that is not in the table gets a slug of its name.</summary>
    /// <returns>Null where the name gives no slug.</returns>
    public static RatingAgency? Find(string name)
    {
        if (Known.TryGetValue(name, out RatingAgency? known))
        {
            return known;
        }

        string slug = CellText.Slug(name);
        return IssuerSlug.IsValid(slug) ? new RatingAgency(slug, HasOwnLetters: false) : null;
    }
}
