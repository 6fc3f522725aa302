namespace LedgerCredit.Client.Models;

/// <summary>Whose records, or reads of them, are asked for.</summary>
/// <param name="Subject">The subject: `scheme:value`.</param>
/// <param name="Cursor">The `next` of the page before; absent for the first page.</param>
/// <param name="Limit">The most records or lines of a page, 1 to 100; 100 where it is absent.</param>
public sealed record SubjectRequest(string Subject, string? Cursor = null, int? Limit = null);

/// <summary>A page of what a caller may see of what is recorded about a subject. Where there is nothing, and where the caller may see nothing, all lists are empty.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="AsOfBlock">As of which block the repair states are; absent where the ledger was never read.</param>
/// <param name="Sanctions">Sanctions, within the page by time of issue, each with its repair state.</param>
/// <param name="Repairs">Steps of repairs, likewise.</param>
/// <param name="Ratings">Rating actions, likewise.</param>
/// <param name="Next">The cursor of the next page; absent on the last one. A page may have few records, or none, and still a next one.</param>
public sealed record SubjectReport(
    string Subject, long? AsOfBlock, IReadOnlyList<RecordView> Sanctions, IReadOnlyList<RecordView> Repairs, IReadOnlyList<RecordView> Ratings, string? Next = null);

/// <summary>A page of the rating actions about a subject, within the page by the date on which they were taken.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="Ratings">The actions that the caller may see.</param>
/// <param name="Next">The cursor of the next page; absent on the last one. A page may have few actions, or none, and still a next one.</param>
public sealed record RatingHistory(string Subject, IReadOnlyList<RecordView> Ratings, string? Next = null);
