using System.Runtime.CompilerServices;

namespace LedgerCredit.Cli.Remote;

/// <summary>Follows the pages of a node's lists.</summary>
internal static class NodePages
{
    /// <summary>All pages of a list, one after the other.</summary>
    /// <typeparam name="TPage">What a page is.</typeparam>
    /// <param name="read">Asks for the page of a cursor; null for the first one.</param>
    /// <param name="nextOf">The cursor of the page behind a page, or null.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="NodeAnswerException">The node leads in a circle.</exception>
    public static async IAsyncEnumerable<TPage> ReadAsync<TPage>(
        Func<string?, Task<TPage>> read, Func<TPage, string?> nextOf, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            TPage page = await read(cursor);
            yield return page;
            string? next = nextOf(page);
            if (next is not null && next == cursor)
            {
                throw new NodeAnswerException("The node gave the cursor of a page as that of the next page.");
            }

            cursor = next;
        }
        while (cursor is not null);
    }
}
