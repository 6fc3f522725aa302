namespace LedgerCredit.Repair;

/// <summary>A sentence for people in both languages of the product.</summary>
/// <param name="English">In English.</param>
/// <param name="Chinese">In Chinese.</param>
public sealed record LocalText(string English, string Chinese)
{
    /// <summary>The sentence in a language.</summary>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <exception cref="ArgumentException">It is another one.</exception>
    public string In(string language) => language switch
    {
        "en" => English,
        "zh" => Chinese,
        _ => throw new ArgumentException($"Expected en or zh, found '{language}'.", nameof(language)),
    };
}
