using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Import.Tests;

/// <summary>What the tests do again and again.</summary>
internal static class Importing
{
    public const string IssuedAt = "2026-04-01T00:00:00Z";

    /// <summary>An issuer and a date for whatever format needs them.</summary>
    public static ImportOptions Options { get; } = new() { Issuer = "example-authority", IssuedAt = IssuedAt, Rules = RecordRules.Default };

    public static ImportOptions NoOptions { get; } = new() { Rules = RecordRules.Default };

    public static ImportOptions WithPersons { get; } = Options with { Rules = new RecordRules { AllowNaturalPersons = true } };

    public static RecordImport Create(ImportFormat format, ImportOptions options)
    {
        Assert.IsTrue(RecordImport.TryCreate(format, options, out RecordImport? import, out ParseProblem? problem), problem?.ToString());
        return import;
    }

    public static List<ImportRow> Rows(ImportFormat format, string text, ImportOptions? options = null)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(text));
        return [.. Create(format, options ?? Options).Read(stream)];
    }

    public static List<ImportRow> RowsOfFile(ImportFormat format, string path, ImportOptions options)
    {
        using FileStream stream = File.OpenRead(path);
        return [.. Create(format, options).Read(stream)];
    }

    public static CreditRecord Accepted(ImportFormat format, string text, ImportOptions? options = null)
    {
        ImportRow row = Rows(format, text, options)[^1];
        Assert.IsTrue(row.IsAccepted, row.Reject?.ToString());
        return row.Record;
    }

    public static RejectReason Rejected(ImportFormat format, string text, ImportOptions? options = null)
    {
        ImportRow row = Rows(format, text, options)[^1];
        Assert.IsFalse(row.IsAccepted, row.Record?.Id);
        return row.Reject;
    }

    public static ParseProblem Refused(ImportFormat format, Stream stream)
    {
        RecordImport import = Create(format, Options);
        return Assert.ThrowsExactly<ImportFileException>(() => import.Read(stream).Count()).Problem;
    }

    public static ParseProblem Refused(ImportFormat format, byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        return Refused(format, stream);
    }

    public static string? Claim(this CreditRecord record, string name) =>
        record.Claims.TryFindString(name, out string? text) ? text : null;

    /// <summary>The text kept of a source column, or null.</summary>
    public static string? Source(this CreditRecord record, string column) =>
        (record.Claims.Find("source") as JsonObject)?.TryFindString(column, out string? text) == true ? text : null;

    /// <summary>How many rows there are of each outcome: <c>accepted</c> or the code of the rejection.</summary>
    public static string Tally(IEnumerable<ImportRow> rows) => string.Join(
        ", ",
        rows.GroupBy(row => row.IsAccepted ? "accepted" : row.Reject.Code)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} {group.Count()}"));
}
