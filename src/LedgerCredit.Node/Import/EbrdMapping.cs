using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>Ineligible entities of the European Bank for Reconstruction and Development (docs/import.md section 4).</summary>
internal sealed class EbrdMapping(ImportOptions options) : CsvMapping
{
    private const string DefaultIssuer = "ebrd";

    // YYYY-MM-DD at the beginning of a time.
    private const int DateLength = 10;

    private static readonly string[] NoEnd = ["Ongoing", "Indefinite", "Permanent"];

    public override RecordKind Kind => RecordKind.Sanction;

    public override string? FindMissing(CsvColumns columns) => FirstMissing(
        columns, "Firm Name", "Nationality", "Ineligible From", "Ineligible Until", "Notice Effective At EBRD", "Originating Institution");

    public override void Map(CsvRow row, RecordDraft draft)
    {
        string name = CellText.OneLine(row["Firm Name"]);
        string country = SanctionListRow.Country(row["Nationality"]);
        if (CellText.Slug(name).Length == 0)
        {
            draft.Reject("missing-name", "Expected the name of a firm, found none.", "Firm Name");
            return;
        }

        SanctionListRow.CheckPerson(draft, options.Rules, NaturalPersonSigns.Judge(name, ""), "Firm Name");

        if (!TryReadTime(row, draft, "Notice Effective At EBRD", out string notice)
            || !TryReadTime(row, draft, "Ineligible From", out string from)
            || !TryReadUntil(row, draft, out string until))
        {
            return;
        }

        // The bank's own act is its notice; the decision of another institution that it follows may be years older.
        string? issuedAt = new[] { notice, from, options.IssuedAt ?? "" }.FirstOrDefault(time => time.Length > 0);
        if (issuedAt is null)
        {
            draft.Reject("missing-date", "Expected the time of the notice or the beginning, found neither. Give --issued-at for such rows.", "Notice Effective At EBRD");
            return;
        }

        draft.Id = RowIdentity.Create(row, "ebrd", issuedAt[..DateLength]);
        draft.Issuer = options.Issuer ?? DefaultIssuer;
        draft.Subject = SanctionListRow.SubjectOf("x-ebrd", country, name);
        draft.IssuedAt = issuedAt;

        draft.Claim("authorityName", "European Bank for Reconstruction and Development");
        draft.Claim("grade", SanctionGrade.None.ToName());
        draft.Claim("subjectName", name);
        draft.Claim("country", country);
        draft.Claim("address", row.Carry("Address"));
        draft.Claim("violation", row.Carry("Prohibited Practice"));
        draft.Claim("originatingInstitution", row.Carry("Originating Institution"));
        draft.Claim("decidedOn", from.Length > 0 ? from[..DateLength] : null);
        draft.Claim("publicUntil", until.Length > 0 ? until[..DateLength] : null);
        row.Carry("Firm Name", name);
        row.Carry("Nationality", country);
        row.Withhold("Notice Effective At EBRD");
        draft.KeepSource(row);
    }

    private static bool TryReadUntil(CsvRow row, RecordDraft draft, out string until)
    {
        until = "";
        string text = row["Ineligible Until"];
        return NoEnd.Contains(text, StringComparer.OrdinalIgnoreCase) || TryReadTime(row, draft, "Ineligible Until", out until);
    }

    // Empty text where the cell is empty.
    private static bool TryReadTime(CsvRow row, RecordDraft draft, string column, out string time)
    {
        time = row[column];
        if (time.Length == 0 || IssueTime.IsValid(time))
        {
            return true;
        }

        draft.Reject("bad-date", "Expected a time such as 2024-07-01T12:00:59Z, found other text.", column);
        return false;
    }
}
