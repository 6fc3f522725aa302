using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>Rating actions, one a row, grouped by agency and company in order of date (docs/import.md section 6).</summary>
/// <remarks>
/// The file says when a rating was given but not what the agency did. Unless it has a column <c>Rating Action</c>, the
/// action is what the row changes against the row before of the same agency and company, and the claim
/// <c>actionSource</c> says so.
/// </remarks>
internal sealed class RatingMapping(ImportOptions options) : CsvMapping
{
    // With the longest names about 1 GB, with real ones 200 MB; a file of real ratings has some thousands.
    private const int MaxSeries = 1_000_000;
    private const int MaxNameChars = 400;

    private readonly Dictionary<(string Agency, string Company), (string Date, int Rank)> _series = [];
    private ((string Agency, string Company) Key, (string Date, int Rank) Rating) _pending;

    public override RecordKind Kind => RecordKind.Rating;

    public override string? FindMissing(CsvColumns columns) =>
        FirstMissing(columns, "Rating Agency", "Corporation", "Rating", "Rating Date", "CIK");

    public override void Map(CsvRow row, RecordDraft draft)
    {
        string agencyName = CellText.OneLine(row.Carry("Rating Agency"));
        string company = CellText.OneLine(row.Carry("Corporation"));
        string symbol = row.Carry("Rating");
        string cik = row.Carry("CIK");
        if (RatingAgency.Find(agencyName) is not RatingAgency agency)
        {
            draft.Reject("unknown-agency", "Expected the name of an agency that gives a slug, found other text.", "Rating Agency");
            return;
        }

        if (company.Length is 0 or > MaxNameChars)
        {
            draft.Reject("bad-name", $"Expected the name of the rated company in 1 to {MaxNameChars} characters, found {company.Length}.", "Corporation");
            return;
        }

        if (!CellText.TryReadMonthFirstDate(row.Carry("Rating Date"), out string? actedOn)
            && !CellText.TryReadDate(row["Rating Date"], out actedOn))
        {
            draft.Reject("bad-date", "Expected a day that exists as M/D/YYYY or YYYY-MM-DD, found other text.", "Rating Date");
            return;
        }

        if (!RatingScale.TryRank(symbol, out int rank, out bool isUsual))
        {
            draft.Reject("unknown-symbol", "Expected a letter of the long-term scale AAA to D, found other text.", "Rating");
            return;
        }

        if (!isUsual)
        {
            draft.Warn("The rating's letter has a place on the scale, but no agency is known to use it.");
        }

        _pending = ((agency.Slug, company), (actedOn, rank));
        if (FindAction(row, draft, symbol) is not (string action, string actionSource))
        {
            return;
        }

        draft.Id = RowIdentity.Create(row, agency.Slug, cik, actedOn);
        draft.Issuer = options.Issuer ?? agency.Slug;
        draft.Subject = $"cik:{cik}";
        draft.IssuedAt = SanctionListRow.MidnightUtc(actedOn);

        draft.Claim("agency", agency.Slug);
        draft.Claim("agencyName", agencyName);
        draft.Claim("scale", RatingScale.Name);
        if (agency.HasOwnLetters)
        {
            // The file has one set of letters for all agencies and does not keep the symbol that the agency published.
            draft.ClaimTrue("symbolConverted");
        }

        draft.Claim("symbol", symbol);
        draft.Claim("action", action);
        draft.Claim("actionSource", actionSource);
        draft.Claim("actedOn", actedOn);
        draft.Claim("subjectName", company);
        draft.Claim("outlook", row.Carry("Outlook"));
        draft.Claim("watch", row.Carry("Watch"));
        row.Withhold("Rating Action");
        draft.KeepSource(row);
    }

    // A row that is rejected in the end must not change what the next one is compared with.
    public override void Accept() => _series[_pending.Key] = _pending.Rating;

    private (string Action, string Source)? FindAction(CsvRow row, RecordDraft draft, string symbol)
    {
        bool isFollowing = _series.TryGetValue(_pending.Key, out (string Date, int Rank) last);
        if (isFollowing && string.CompareOrdinal(_pending.Rating.Date, last.Date) < 0)
        {
            draft.Reject(
                "out-of-order",
                "Expected the rows of one agency and company in order of date, found an earlier date. Sort the file by date.",
                "Rating Date");
            return null;
        }

        if (!isFollowing && _series.Count >= MaxSeries)
        {
            draft.Reject("too-many-series", $"Expected at most {MaxSeries} pairs of agency and company in a file, found more. Split the file.", null);
            return null;
        }

        string stated = row["Rating Action"].ToLowerInvariant();
        if (stated.Length > 0)
        {
            return (stated, "file");
        }

        int change = _pending.Rating.Rank - last.Rank;
        if (symbol == RatingScale.Default && (!isFollowing || change != 0))
        {
            return ("default", isFollowing ? "compared" : "first-in-file");
        }

        return isFollowing
            ? (change < 0 ? "upgrade" : change > 0 ? "downgrade" : "affirm", "compared")
            : ("initial", "first-in-file");
    }
}
