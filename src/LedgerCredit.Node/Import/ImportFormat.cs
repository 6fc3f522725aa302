using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Node.Import;

/// <summary>The formats of files that records are imported from (docs/import.md).</summary>
public enum ImportFormat
{
    /// <summary>Records as they are, one JSON object a line.</summary>
    Ndjson = 0,

    /// <summary>Chinese administrative penalties in the "double publicity" columns, standard of 2018 or older.</summary>
    Cf,

    /// <summary>World Bank listing of ineligible firms and individuals.</summary>
    WorldBank,

    /// <summary>European Bank for Reconstruction and Development, ineligible entities.</summary>
    Ebrd,

    /// <summary>OFAC's list of specially designated nationals, primary file in the legacy CSV form.</summary>
    Ofac,

    /// <summary>Rating actions with one line an action.</summary>
    Ratings,
}

/// <summary>The names of the import formats, as they stand on the command line.</summary>
public static class ImportFormats
{
    /// <summary>All formats, in the order in which they are listed to a reader.</summary>
    public static IReadOnlyList<ImportFormat> All { get; } =
        [ImportFormat.Ndjson, ImportFormat.Cf, ImportFormat.WorldBank, ImportFormat.Ebrd, ImportFormat.Ofac, ImportFormat.Ratings];

    /// <summary>Reads <c>ndjson</c>, <c>cf</c>, <c>worldbank</c>, <c>ebrd</c>, <c>ofac</c> or <c>ratings</c>; nothing else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out ImportFormat format)
    {
        foreach (ImportFormat candidate in All)
        {
            if (candidate.ToName() == name)
            {
                format = candidate;
                return true;
            }
        }

        format = default;
        return false;
    }

    /// <summary>The name of a format.</summary>
    public static string ToName(this ImportFormat format) => format switch
    {
        ImportFormat.Ndjson => "ndjson",
        ImportFormat.Cf => "cf",
        ImportFormat.WorldBank => "worldbank",
        ImportFormat.Ebrd => "ebrd",
        ImportFormat.Ofac => "ofac",
        ImportFormat.Ratings => "ratings",
        _ => throw new UnreachableException($"There is no import format {(int)format}."),
    };
}
