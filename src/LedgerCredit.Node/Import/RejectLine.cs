using LedgerCredit.Evidence;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Import;

/// <summary>The lines of a reject file: what was not imported, and why.</summary>
/// <remarks>
/// NDJSON, one object a line: <c>{"code", "file", "line", "path"?, "reason", "row"}</c>. It says where to look and not what is
/// there, because a row that was refused for being about a person must not be copied into another file.
/// </remarks>
public static class RejectLine
{
    /// <summary>The line of a rejected row, in UTF-8, with its line end.</summary>
    /// <param name="fileName">The name of the imported file, without folders.</param>
    /// <param name="row">A row that is not accepted.</param>
    /// <exception cref="ArgumentException">The row was accepted.</exception>
    public static byte[] Encode(string fileName, ImportRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.IsAccepted)
        {
            throw new ArgumentException("Expected a rejected row.", nameof(row));
        }

        return Encode(fileName, row.RowNumber, row.LineNumber, row.Reject);
    }

    /// <summary>The line of a row that was refused after it was read, for example as a conflict with a record that is there.</summary>
    public static byte[] Encode(string fileName, long rowNumber, long lineNumber, RejectReason reject)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        ArgumentNullException.ThrowIfNull(reject);

        List<JsonMember> members =
        [
            new JsonMember("file", new JsonString(fileName)),
            new JsonMember("row", new JsonNumber(rowNumber)),
            new JsonMember("line", new JsonNumber(lineNumber)),
            new JsonMember("code", new JsonString(reject.Code)),
            new JsonMember("reason", new JsonString(reject.Message)),
        ];
        if (reject.Path is not null)
        {
            members.Add(new JsonMember("path", new JsonString(reject.Path)));
        }

        return [.. CanonicalJson.Write(new JsonObject(members)), (byte)'\n'];
    }
}
