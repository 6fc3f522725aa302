using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>OFAC's list of specially designated nationals, legacy CSV (docs/import.md section 5).</summary>
internal sealed class OfacMapping(ImportOptions options) : CsvMapping
{
    private const string DefaultIssuer = "ofac";
    private const string Null = "-0-";

    public override RecordKind Kind => RecordKind.Sanction;

    // The names of OFAC's own description of the file.
    public override IReadOnlyList<string> FixedColumns { get; } =
    [
        "ent_num", "SDN_Name", "SDN_Type", "Program", "Title", "Call_Sign", "Vess_type", "Tonnage", "GRT", "Vess_flag", "Vess_owner", "Remarks",
    ];

    public override string? FindMissing(CsvColumns columns) => null;

    public override void Map(CsvRow row, RecordDraft draft)
    {
        string number = row["ent_num"];
        string name = CellText.OneLine(Text(row, "SDN_Name"));
        if (number.Length is 0 or > 10 || !number.All(char.IsAsciiDigit))
        {
            draft.Reject("bad-number", "Expected the entry's number, found other text.", "ent_num");
            return;
        }

        if (name.Length == 0)
        {
            draft.Reject("missing-name", "Expected a name, found none.", "SDN_Name");
            return;
        }

        if (!CheckType(row, draft))
        {
            return;
        }

        draft.Id = RowIdentity.Create(row, "sdn", number);
        draft.Issuer = options.Issuer ?? DefaultIssuer;
        draft.Subject = $"x-ofac:{number}";
        draft.IssuedAt = options.IssuedAt ?? "";

        draft.Claim("authorityName", "U.S. Department of the Treasury, Office of Foreign Assets Control");
        draft.Claim("grade", SanctionGrade.None.ToName());
        draft.Claim("subjectName", name);
        // Several programs stand in one cell as NPWMD] [IFSR.
        draft.Claim("programs", Text(row, "Program").Split("] [", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        draft.Claim("remarks", Text(row, "Remarks"));
        foreach (string column in FixedColumns.Where(column => column is "ent_num" or "SDN_Name" or "Program" or "Remarks" || Text(row, column).Length == 0))
        {
            row.Withhold(column);
        }

        draft.KeepSource(row);
    }

    private bool CheckType(CsvRow row, RecordDraft draft)
    {
        switch (Text(row, "SDN_Type").ToLowerInvariant())
        {
            case "":
                return true;
            case "individual":
                SanctionListRow.CheckPerson(draft, options.Rules, PersonSign.Certain, "SDN_Type");
                return draft.Rejection is null;
            case "vessel" or "aircraft":
                draft.Reject("not-an-organisation", "Expected an organisation, found a vessel or an aircraft, which has no credit record.", "SDN_Type");
                return false;
            default:
                draft.Reject("unknown-type", "Expected 'individual', 'vessel', 'aircraft' or -0-, found other text.", "SDN_Type");
                return false;
        }
    }

    private static string Text(CsvRow row, string column) => row[column] == Null ? "" : row[column];
}
