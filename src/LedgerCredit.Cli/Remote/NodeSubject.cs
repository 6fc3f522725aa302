using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;

namespace LedgerCredit.Cli.Remote;

/// <summary>What a node shows of what is recorded about a subject: all of its pages.</summary>
internal static class NodeSubject
{
    /// <summary>All records that the caller sees, and the earliest block as of which repair states are; null where one page has none.</summary>
    public static async Task<(IReadOnlyList<RecordView> Records, long? AsOfBlock)> ReadReportAsync(LedgerCreditClient client, SubjectId subject, CancellationToken cancellationToken)
    {
        List<RecordView> records = [];
        List<long?> blocks = [];
        await foreach (SubjectReport page in NodePages.ReadAsync(
            cursor => client.GetSubjectReportAsync(new SubjectRequest(subject.ToString(), cursor), cancellationToken), page => page.Next, cancellationToken))
        {
            records.AddRange([.. page.Sanctions, .. page.Repairs, .. page.Ratings]);
            blocks.Add(page.AsOfBlock);
        }

        // The ledger may have gone on from one page to the next: true of all of them is the earliest.
        return (records, blocks.Contains(null) ? null : blocks.Min());
    }

    /// <summary>All rating actions that the caller sees.</summary>
    public static async Task<IReadOnlyList<RecordView>> ReadRatingsAsync(LedgerCreditClient client, SubjectId subject, CancellationToken cancellationToken)
    {
        List<RecordView> ratings = [];
        await foreach (RatingHistory page in NodePages.ReadAsync(
            cursor => client.GetRatingHistoryAsync(new SubjectRequest(subject.ToString(), cursor), cancellationToken), page => page.Next, cancellationToken))
        {
            ratings.AddRange(page.Ratings);
        }

        return ratings;
    }
}
