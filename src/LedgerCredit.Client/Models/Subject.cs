namespace LedgerCredit.Client.Models;

/// <summary>Whom a report is about.</summary>
/// <param name="Subject">The subject: `scheme:value`.</param>
public sealed record SubjectRequest(string Subject);

/// <summary>What a caller may see of what is recorded about a subject. Where there is nothing, and where the caller may see nothing, all lists are empty.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="AsOfBlock">As of which block the repair states are; absent where the ledger was never read.</param>
/// <param name="Sanctions">Sanctions by time of issue, each with its repair state.</param>
/// <param name="Repairs">Steps of repairs.</param>
/// <param name="Ratings">Rating actions.</param>
public sealed record SubjectReport(string Subject, long? AsOfBlock, IReadOnlyList<RecordView> Sanctions, IReadOnlyList<RecordView> Repairs, IReadOnlyList<RecordView> Ratings);

/// <summary>The rating actions about a subject, by the date on which they were taken.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="Ratings">The actions that the caller may see.</param>
public sealed record RatingHistory(string Subject, IReadOnlyList<RecordView> Ratings);
