using LedgerCredit.Evidence;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Import;

/// <summary>Ids for rows of lists that number their rows not at all, or not uniquely.</summary>
internal static class RowIdentity
{
    // 64 bits: far from a chance collision among the rows of one list, short enough to read.
    private const int HashDigits = 16;

    /// <summary>
    /// The readable parts, joined by hyphens, and the beginning of the SHA-256 of the row's cells: the JCS of
    /// <c>{column: text}</c> of the cells that are not empty.
    /// </summary>
    /// <remarks>
    /// The same row has the same id in each import, whatever else is in the file and in whichever order its columns are;
    /// rows that differ have different ids. Such an id is a disclosed member of the record and never on a ledger.
    /// </remarks>
    public static string Create(CsvRow row, params IEnumerable<string> parts)
    {
        JsonObject cells = new(row.Cells().Select(cell => new JsonMember(cell.Column, new JsonString(cell.Text))));
        Bytes32 hash = Sha256.Hash(CanonicalJson.Write(cells));
        return string.Join('-', [.. parts.Where(part => part.Length > 0), hash.ToString()[2..(2 + HashDigits)]]);
    }
}
