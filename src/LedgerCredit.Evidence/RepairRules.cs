namespace LedgerCredit.Evidence;

/// <summary>Which authorities a rule pack is for, where nobody names one.</summary>
public enum RuleAuthorities
{
    /// <summary>None: the pack applies only where it is named.</summary>
    WhenNamed = 0,

    /// <summary>All that no other pack is for.</summary>
    Any,

    /// <summary>Those whose name contains one of the pack's texts.</summary>
    ByName,
}

/// <summary>What a rule pack says about repair cases.</summary>
/// <remarks>docs/spec/rule-packs.md section 3. Made by <see cref="RulePack"/> alone, which checks it.</remarks>
public sealed class RepairRules
{
    /// <summary>The id of the calendar of working days.</summary>
    public required string Calendar { get; init; }

    /// <summary>Which authorities the pack is for.</summary>
    public required RuleAuthorities Authorities { get; init; }

    /// <summary>The texts that names of authorities contain; empty unless they are meant by name.</summary>
    public required IReadOnlyList<string> AuthorityNames { get; init; }

    /// <summary>The days of decision that the pack may be applied to.</summary>
    public required RuleDates Decisions { get; init; }

    /// <summary>How many organisations must approve.</summary>
    public required RuleFigure Approvals { get; init; }

    /// <summary>The least score of the inspection; 0 where none is asked for.</summary>
    public required RuleFigure LeastInspectionScore { get; init; }

    /// <summary>How often the authority may ask for a supplement in a case.</summary>
    public required RuleFigure SupplementRequests { get; init; }

    /// <summary>How long a subject is barred after false material.</summary>
    public required RulePeriod FalseMaterialBar { get; init; }

    /// <summary>The authority: to accept a case, refuse it or ask for a supplement.</summary>
    public required RuleLimit Intake { get; init; }

    /// <summary>The applicant: to supplement.</summary>
    public required RuleLimit Supplement { get; init; }

    /// <summary>Authority and reviewers: to confirm, approve or refuse, from the beginning of the review.</summary>
    public required RuleLimit Review { get; init; }

    /// <summary>Everybody: to raise an objection, from the beginning of the review.</summary>
    public required RuleLimit ObjectionWindow { get; init; }

    /// <summary>An arbiter: to decide an objection.</summary>
    public required RuleLimit Arbitration { get; init; }

    /// <summary>The answer to the applicant, from the application.</summary>
    public required RuleLimit Answer { get; init; }

    /// <summary>By how much the answer may be put off in complex cases.</summary>
    public required RuleLimit Extension { get; init; }

    /// <summary>The kind of material that is the commitment letter.</summary>
    public required int CommitmentKind { get; init; }

    /// <summary>The largest file, in bytes.</summary>
    public required RuleFigure MaxFileBytes { get; init; }

    /// <summary>The types of content that are accepted: <c>pdf</c>, <c>jpeg</c>, <c>png</c>.</summary>
    public required IReadOnlyList<string> FileTypes { get; init; }

    /// <summary>All kinds of material that a case may have, in the order of their numbers.</summary>
    public required IReadOnlyList<RuleMaterial> Materials { get; init; }

    /// <summary>Finds a kind of material, or null where the pack does not know it.</summary>
    public RuleMaterial? FindMaterial(int kind) => Materials.FirstOrDefault(material => material.Kind == kind);
}
