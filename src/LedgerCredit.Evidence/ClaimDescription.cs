namespace LedgerCredit.Evidence;

/// <summary>What form a claim has (docs/spec/records.md section 4).</summary>
public enum ClaimForm
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>An array of strings.</summary>
    Texts,

    /// <summary>One of some words.</summary>
    Choice,

    /// <summary>A civil date: <c>YYYY-MM-DD</c>.</summary>
    Date,

    /// <summary>An amount of money: a string of digits, with at most one decimal point between them.</summary>
    Money,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A hash: 0x and 64 lower-case hex digits.</summary>
    Hash,
}

/// <summary>A claim that the rules know of a kind of record; all others are free.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Form">Its form, where it is there.</param>
/// <param name="IsRequired">Whether every record of the kind has it.</param>
/// <param name="RequiredWith">The words of the kind's choice with which it is required; empty where it is required always or never.</param>
/// <param name="ForbiddenWith">The words of the kind's choice with which it must not be there.</param>
/// <param name="Words">The words of a choice; empty for other forms.</param>
public sealed record ClaimDescription(
    string Name, ClaimForm Form, bool IsRequired, IReadOnlyList<string> RequiredWith, IReadOnlyList<string> ForbiddenWith, IReadOnlyList<string> Words)
{
    /// <summary>Tells the claims of a kind, by the same rules that records are checked by.</summary>
    public static IReadOnlyList<ClaimDescription> Of(RecordKind kind)
    {
        // What some claims are depends on a choice before them: the rules are asked once for each of its words.
        Asking first = new(chosen: null);
        ClaimRules.Check(kind, first);
        List<Asking> each = [.. first.Words.Select(word =>
        {
            Asking asking = new(word);
            ClaimRules.Check(kind, asking);
            return asking;
        })];

        return [.. first.Claims.Select(claim =>
        {
            List<string> with = [.. each.Where(asking => asking.Claims.Any(asked => asked.Name == claim.Name && asked.IsRequired)).Select(asking => asking.Chosen!)];
            bool isAlways = each.Count == 0 ? claim.IsRequired : with.Count == each.Count;
            return claim with
            {
                IsRequired = isAlways,
                RequiredWith = isAlways ? [] : with,
                ForbiddenWith = [.. each.Where(asking => asking.Forbidden.Contains(claim.Name)).Select(asking => asking.Chosen!)],
            };
        })];
    }

    // Notes what the rules ask for, where the readers of records look whether it is there.
    private sealed class Asking(string? chosen) : IClaimReader
    {
        public string? Chosen { get; } = chosen;

        public List<ClaimDescription> Claims { get; } = [];

        public List<string> Forbidden { get; } = [];

        public IReadOnlyList<string> Words { get; private set; } = [];

        public void RequiredText(string name) => Add(name, ClaimForm.Text, isRequired: true);

        public void OptionalText(string name) => Add(name, ClaimForm.Text, isRequired: false);

        public void Text(string name, bool isRequired) => Add(name, ClaimForm.Text, isRequired);

        public void Texts(string name, bool isRequired) => Add(name, ClaimForm.Texts, isRequired);

        public string? RequiredChoice(string name, string code, string[] choices)
        {
            Words = choices;
            Claims.Add(new ClaimDescription(name, ClaimForm.Choice, IsRequired: true, [], [], choices));
            return Chosen;
        }

        public void Date(string name, bool isRequired) => Add(name, ClaimForm.Date, isRequired);

        public void Money(string name) => Add(name, ClaimForm.Money, isRequired: false);

        public void Boolean(string name) => Add(name, ClaimForm.Boolean, isRequired: false);

        public void RequiredHash(string name) => Add(name, ClaimForm.Hash, isRequired: true);

        public void Forbid(string name, string code, string message) => Forbidden.Add(name);

        private void Add(string name, ClaimForm form, bool isRequired) => Claims.Add(new ClaimDescription(name, form, isRequired, [], [], []));
    }
}
