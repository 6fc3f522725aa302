using System.Text.RegularExpressions;
using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>World Bank listing of ineligible firms and individuals (docs/import.md section 3).</summary>
internal sealed partial class WorldBankMapping(ImportOptions options) : CsvMapping
{
    private const string DefaultIssuer = "worldbank";

    // Stands for a debarment without an end.
    private const string NoEnd = "2999-12-31";

    public override RecordKind Kind => RecordKind.Sanction;

    public override string? FindMissing(CsvColumns columns) =>
        FirstMissing(columns, "firm_name", "country", "ineligible_from", "ineligible_to", "grounds");

    public override void Map(CsvRow row, RecordDraft draft)
    {
        string name = CellText.OneLine(row["firm_name"]);
        string addition = row["additional_firm_info"];
        string country = SanctionListRow.Country(row["country"]);
        CheckName(draft, name, addition, row["grounds"]);

        string from = "";
        if (row["ineligible_from"].Length > 0 && !TryReadDate(row, draft, "ineligible_from", out from))
        {
            return;
        }

        string until = "";
        if (row["ineligible_to"].Length > 0 && !TryReadDate(row, draft, "ineligible_to", out until))
        {
            return;
        }

        string? issuedAt = from.Length > 0 ? SanctionListRow.MidnightUtc(from) : options.IssuedAt;
        if (issuedAt is null)
        {
            draft.Reject("missing-date", "Expected the day on which the ineligibility began, found none. Give --issued-at for such rows.", "ineligible_from");
            return;
        }

        // The list's own mark (*677) is one for a case, which may have several firms and several addresses of one firm.
        string mark = CaseMark().Match(addition).Groups[1].Value;
        draft.Id = RowIdentity.Create(row, "worldbank", mark, from);
        draft.Issuer = options.Issuer ?? DefaultIssuer;
        draft.Subject = SanctionListRow.SubjectOf("x-worldbank", country, name);
        draft.IssuedAt = issuedAt;

        draft.Claim("authorityName", "World Bank Group");
        draft.Claim("grade", SanctionGrade.None.ToName());
        draft.Claim("subjectName", name);
        draft.Claim("country", country);
        draft.Claim("address", row.Carry("address"));
        draft.Claim("violation", row.Carry("grounds"));
        draft.Claim("decidedOn", from);
        row.Carry("firm_name", name);
        row.Carry("country", country);
        row.Withhold("ineligible_from");
        if (until != NoEnd)
        {
            draft.Claim("publicUntil", until);
            row.Withhold("ineligible_to");
        }

        draft.KeepSource(row);
    }

    private void CheckName(RecordDraft draft, string name, string addition, string grounds)
    {
        if (CellText.Slug(name).Length == 0)
        {
            draft.Reject("missing-name", "Expected the name of a firm, found none.", "firm_name");
            return;
        }

        // An affiliate that somebody controls is an organisation.
        bool isAffiliate = grounds.StartsWith("Controlled Affiliate", StringComparison.OrdinalIgnoreCase);
        PersonSign sign = NaturalPersonSigns.Judge(name, addition);
        SanctionListRow.CheckPerson(draft, options.Rules, sign == PersonSign.Possible && isAffiliate ? PersonSign.None : sign, "firm_name");
    }

    private static bool TryReadDate(CsvRow row, RecordDraft draft, string column, out string date)
    {
        if (CellText.TryReadDate(row[column], out string? read))
        {
            date = read;
            return true;
        }

        date = "";
        draft.Reject("bad-date", "Expected a day that exists as YYYY-MM-DD, found other text.", column);
        return false;
    }

    [GeneratedRegex(@"\*\s?([0-9]{1,6})\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex CaseMark();
}
