namespace LedgerCredit.Node.Import;

/// <summary>The order of the letters in which the ratings file states all ratings.</summary>
/// <remarks>Standard &amp; Poor's long-term letters. A plus or minus is a third of a letter.</remarks>
internal static class RatingScale
{
    /// <summary>The name of the scale in the claim <c>scale</c>.</summary>
    public const string Name = "sp-long-term";

    /// <summary>The symbol of a default.</summary>
    public const string Default = "D";

    // Best first.
    private static readonly string[] Letters = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", Default];

    /// <summary>Reads the place of a symbol on the scale: the lower, the better.</summary>
    /// <param name="symbol">For example <c>BBB+</c>.</param>
    /// <param name="rank">The place.</param>
    /// <param name="isUsual">Whether the agency uses the symbol; <c>CC+</c> has a place, but nobody uses it.</param>
    public static bool TryRank(string symbol, out int rank, out bool isUsual)
    {
        int modifier = symbol switch
        {
            [.., '+'] => -1,
            [.., '-'] => 1,
            _ => 0,
        };
        string letter = modifier == 0 ? symbol : symbol[..^1];
        int place = Array.IndexOf(Letters, letter);
        rank = (3 * place) + modifier;
        isUsual = modifier == 0 || letter is "AA" or "A" or "BBB" or "BB" or "B" or "CCC";
        return place >= 0 && (modifier == 0 || letter is not ("AAA" or "D"));
    }
}
