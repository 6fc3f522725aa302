namespace LedgerCredit.Verification;

/// <summary>How a step ended.</summary>
public enum StepOutcome
{
    /// <summary>Nothing was shown either way.</summary>
    Skipped = 0,

    /// <summary>The step holds.</summary>
    Pass,

    /// <summary>The step does not hold: the file is invalid.</summary>
    Fail,
}

/// <summary>Two values that a step compared.</summary>
/// <param name="Name">What they are: one of <see cref="ValueNames"/>.</param>
/// <param name="Expected">The value that was demanded, by the policy or by another part of the file.</param>
/// <param name="Actual">The value that was found or computed.</param>
public sealed record Comparison(string Name, string Expected, string Actual)
{
    /// <summary>Whether they are equal.</summary>
    public bool IsEqual => Expected == Actual;
}

/// <summary>One step of a verification.</summary>
/// <param name="Code">Which step.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it failed or was skipped: one of <see cref="ReasonCodes"/>, or a value's name and <c>-mismatch</c>;
/// empty where it passed.</param>
/// <param name="Detail">In English and without values of the record: the exact problem of a malformed part, or by what a block is
/// final; otherwise empty.</param>
/// <param name="Comparisons">What was compared, in order; a failed step also lists what was equal.</param>
public sealed record VerificationStep(
    StepCode Code,
    StepOutcome Outcome,
    string Reason,
    string Detail,
    IReadOnlyList<Comparison> Comparisons);

/// <summary>Collects what a step finds. The first reason counts.</summary>
internal sealed class StepBuilder(StepCode code)
{
    private readonly List<Comparison> _comparisons = [];
    private StepOutcome _outcome = StepOutcome.Pass;
    private string _reason = "";
    private string _detail = "";

    public bool HasPassed => _outcome == StepOutcome.Pass;

    /// <summary>Notes two values; fails the step where they differ.</summary>
    public bool Compare(string name, string expected, string actual)
    {
        Comparison comparison = new(name, expected, actual);
        _comparisons.Add(comparison);
        if (!comparison.IsEqual)
        {
            Fail(ReasonCodes.Mismatch(name));
        }

        return comparison.IsEqual;
    }

    public void Fail(string reason, string detail = "")
    {
        // A failure weighs more than having been skipped before.
        if (_outcome != StepOutcome.Fail)
        {
            (_outcome, _reason, _detail) = (StepOutcome.Fail, reason, detail);
        }
    }

    public void Skip(string reason)
    {
        if (_outcome == StepOutcome.Pass)
        {
            (_outcome, _reason) = (StepOutcome.Skipped, reason);
        }
    }

    /// <summary>Says by what the step holds, unless it does not.</summary>
    public void Explain(string detail)
    {
        if (HasPassed)
        {
            _detail = detail;
        }
    }

    public VerificationStep Build() => new(code, _outcome, _reason, _detail, _comparisons);
}
