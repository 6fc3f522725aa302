using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Verification;

/// <summary>The steps of a verification, in order.</summary>
/// <remarks>docs/spec/evidence.md section 3.</remarks>
public enum StepCode
{
    /// <summary>The file has the form of an evidence file.</summary>
    Format = 0,

    /// <summary>The disclosures belong to the payload and make sense.</summary>
    Record,

    /// <summary>The entry commits to the payload and the terms.</summary>
    Entry,

    /// <summary>The entry is in the log.</summary>
    Inclusion,

    /// <summary>The log's operator signed this state of the log.</summary>
    Checkpoint,

    /// <summary>The ledger's state holds the log's root hash.</summary>
    AnchorState,

    /// <summary>The block has the hash that the file states.</summary>
    BlockHash,

    /// <summary>The block is final.</summary>
    Consensus,

    /// <summary>The repair status as of a stated block.</summary>
    Status,
}

/// <summary>The stable texts of step codes.</summary>
public static class StepCodes
{
    /// <summary>All steps in order.</summary>
    public static IReadOnlyList<StepCode> All { get; } = Enum.GetValues<StepCode>();

    /// <summary>The steps that every policy requires: all but <see cref="StepCode.Status"/>.</summary>
    public static IReadOnlyList<StepCode> AlwaysRequired { get; } = [.. All.Where(step => step != StepCode.Status)];

    /// <summary>The code in policies and in <c>--json</c> output.</summary>
    public static string ToText(this StepCode step) => step switch
    {
        StepCode.Format => "format",
        StepCode.Record => "record",
        StepCode.Entry => "entry",
        StepCode.Inclusion => "inclusion",
        StepCode.Checkpoint => "checkpoint",
        StepCode.AnchorState => "anchor-state",
        StepCode.BlockHash => "block-hash",
        StepCode.Consensus => "consensus",
        StepCode.Status => "status",
        _ => throw new UnreachableException($"There is no step {step}."),
    };

    /// <summary>Reads what <see cref="ToText"/> writes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out StepCode step)
    {
        foreach (StepCode candidate in All)
        {
            if (candidate.ToText() == text)
            {
                step = candidate;
                return true;
            }
        }

        step = default;
        return false;
    }
}
