using System.Diagnostics;

namespace LedgerCredit.Node.Import;

/// <summary>The mapping of each CSV format.</summary>
internal static class CsvMappings
{
    /// <summary>Makes the mapping for one file, or null for the format that is no CSV.</summary>
    public static CsvMapping? Create(ImportFormat format, ImportOptions options) => format switch
    {
        ImportFormat.Ndjson => null,
        ImportFormat.Cf => new CfMapping(options),
        ImportFormat.WorldBank => new WorldBankMapping(options),
        ImportFormat.Ebrd => new EbrdMapping(options),
        ImportFormat.Ofac => new OfacMapping(options),
        ImportFormat.Ratings => new RatingMapping(options),
        _ => throw new UnreachableException($"There is no import format {(int)format}."),
    };
}
