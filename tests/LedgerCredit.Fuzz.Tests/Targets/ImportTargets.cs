using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;
using LedgerCredit.Testing;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>Files of records in all formats.</summary>
internal static class ImportTargets
{
    private const string WorldBank =
        "firm_name,additional_firm_info,address,country,ineligible_from,ineligible_to,grounds\r\n"
        + "EXAMPLE ROADS LLC,*978,\"1 MAIN ROAD, BAKU\",Azerbaijan,2024-12-10,2027-08-09,Fraudulent Practices\r\nEXAMPLE JAYA,,,China,1999-03-16,2999-12-31,Fraud\r\n";

    private const string Ebrd =
        "\uFEFFFirm Name,Address,Nationality,Ineligible From, Ineligible Until,Notice Effective At EBRD,Originating Institution,Prohibited Practice\n"
        + "\" Example Roads\nCo., Ltd.\",\"1 Main Road\",\"Peoples Republic of China\",\"2024-07-01T12:00:59Z\",\"2025-05-31T12:00:59Z\",\"2024-09-16T12:00:59Z\",\"EBRD\",\"Fraudulent Practice\"\n"
        + "Example Roads LLC,,China,,Ongoing,2024-09-16T12:00:59Z,World Bank Group,Fraud\n";

    private const string Ofac =
        "36,\"EXAMPLE AIRLINES\",-0- ,\"NPWMD] [IFSR\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"a.k.a. 'EXA'.\"\r\n"
        + "37,\"EXAMPLE\",individual,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\u001A";

    private static readonly ImportOptions Options =
        new() { Issuer = "example-authority", IssuedAt = "2026-04-01T00:00:00Z", Rules = RecordRules.Default };

    public static IEnumerable<FuzzTarget> Make()
    {
        byte[] ndjson = [.. RecordTargets.Records.SelectMany(record => (byte[])[.. record.Where(b => b is not ((byte)'\n' or (byte)'\r')), (byte)'\n'])];
        yield return Target("ndjson", InputForm.Text, ImportFormat.Ndjson, ndjson, FirstLines("penalties.ndjson", 3), FirstLines("ratings.ndjson", 3));
        yield return Target("csv-cf", InputForm.Text, ImportFormat.Cf, FirstLines("penalties-2018.csv", 6), FirstLines("penalties-old-layout.csv", 6));
        yield return Target("csv-worldbank", InputForm.Text, ImportFormat.WorldBank, Encoding.UTF8.GetBytes(WorldBank));
        yield return Target("csv-ebrd", InputForm.Text, ImportFormat.Ebrd, Encoding.UTF8.GetBytes(Ebrd));
        yield return Target("csv-ofac", InputForm.Text, ImportFormat.Ofac, Encoding.UTF8.GetBytes(Ofac));
        yield return Target("csv-ratings", InputForm.Text, ImportFormat.Ratings, FirstLines("ratings.csv", 6));
    }

    private static FuzzTarget Target(string name, InputForm form, ImportFormat format, params byte[][] seeds) =>
        new(name, form, seeds, input => Import(format, input)) { BytesPerByte = 2048, ConstantBytes = 2 * 1024 * 1024, Cost = 4 };

    private static byte[] FirstLines(string sample, int count)
    {
        byte[] file = File.ReadAllBytes(RepositoryFiles.Path("scripts", "samples", sample));
        int end = 0;
        for (int i = 0; i < count; i++)
        {
            end += file.AsSpan(end).IndexOf((byte)'\n') + 1;
        }

        return file[..end];
    }

    private static FuzzResult Import(ImportFormat format, byte[] input)
    {
        bool isDetected = ImportFormatDetector.TryDetect(input.AsSpan(0, Math.Min(input.Length, ImportFormatDetector.HeadBytes)), out ImportFormat detected);
        if (!RecordImport.TryCreate(format, format == ImportFormat.Ndjson ? Options with { Issuer = null } : Options, out RecordImport? import, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        List<ImportRow> rows = [];
        try
        {
            using MemoryStream stream = new(input);
            rows.AddRange(import.Read(stream));
        }
        catch (ImportFileException refused)
        {
            return FuzzResult.Refused(refused.Problem);
        }

        return FuzzResult.Accepted(() => isDetected && !Enum.IsDefined(detected) ? "The detected format does not exist." : CheckRows(input, rows));
    }

    private static string? CheckRows(byte[] input, List<ImportRow> rows)
    {
        long lines = input.AsSpan().Count((byte)'\n') + input.AsSpan().Count((byte)'\r') + 1;
        if (rows.Count > lines)
        {
            return $"There are {rows.Count} rows in {lines} lines.";
        }

        for (int i = 0; i < rows.Count; i++)
        {
            ImportRow row = rows[i];
            if (row.RowNumber != i + 1 || row.LineNumber < 1 || row.LineNumber > lines)
            {
                return $"Row {i + 1} says that it is row {row.RowNumber} on line {row.LineNumber}.";
            }

            if (row.Reject is RejectReason reject)
            {
                string shown = $"{reject.Path} {reject.Message}";
                if (reject.Code.Length == 0 || reject.Message.Length == 0 || shown.Any(char.IsControl))
                {
                    return $"Row {i + 1} is rejected without a code, or with a text that is not fit to be shown: {reject}";
                }
            }
            else if (!CreditRecord.TryParse(row.Record!.ToCanonicalBytes(), RecordRules.Default, out CreditRecord? again, out _)
                || !again.ToCanonicalBytes().AsSpan().SequenceEqual(row.Record.ToCanonicalBytes()))
            {
                return $"The canonical form of row {i + 1} is refused or is another one.";
            }
        }

        return null;
    }
}
