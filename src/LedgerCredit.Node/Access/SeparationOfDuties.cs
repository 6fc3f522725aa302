using LedgerCredit.Ethereum;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Access;

/// <summary>A step that not everybody with the role may take.</summary>
public enum DutyStep
{
    /// <summary>The authority confirms that the sanction's obligations are performed.</summary>
    ConfirmPerformance,

    /// <summary>A reviewer approves a repair.</summary>
    Approve,

    /// <summary>An arbiter decides an objection.</summary>
    ResolveObjection,

    /// <summary>The authority's second key revokes a repair.</summary>
    SecondRevocation,
}

/// <summary>Why somebody must leave a step to another.</summary>
public enum DutyConflict
{
    /// <summary>Nothing speaks against it.</summary>
    None = 0,

    /// <summary>The caller entered the record whose performance it would confirm.</summary>
    EnteredTheRecord,

    /// <summary>An account of the caller's organisation acts for the subject.</summary>
    ActsForTheSubject,

    /// <summary>The caller's organisation approved already: the second reviewer is of another one.</summary>
    ApprovedBefore,

    /// <summary>The caller's organisation reviewed the case that it would arbitrate, even if its approval was voided since.</summary>
    ReviewedTheCase,

    /// <summary>The caller's organisation arbitrated in the case that it would review.</summary>
    ArbitratedInTheCase,

    /// <summary>The caller's organisation raised the objection.</summary>
    RaisedTheObjection,

    /// <summary>The caller's organisation decided the sanction.</summary>
    DecidedTheSanction,

    /// <summary>The same account proposed the revocation: it takes two keys.</summary>
    ProposedTheRevocation,
}

/// <summary>What counts for who may take which step of a case.</summary>
public sealed record DutyFacts
{
    /// <summary>The <see cref="Caller.Name"/> of who entered the sanction's record, or null where that is not known.</summary>
    public string? EnteredBy { get; init; }

    /// <summary>The organisation that decided the sanction.</summary>
    public required Bytes32 Authority { get; init; }

    /// <summary>Whether an account of the caller's organisation acts for the subject.</summary>
    public required bool ActsForSubject { get; init; }

    /// <summary>Organisations whose approvals stand.</summary>
    public IReadOnlySet<Bytes32> Approvers { get; init; } = new HashSet<Bytes32>();

    /// <summary>Organisations that ever approved in the case, those whose approvals were voided included.</summary>
    public IReadOnlySet<Bytes32> Reviewers { get; init; } = new HashSet<Bytes32>();

    /// <summary>Organisations that decided an objection in the case.</summary>
    public IReadOnlySet<Bytes32> Arbiters { get; init; } = new HashSet<Bytes32>();

    /// <summary>The organisation whose objection is to be decided, or null.</summary>
    public Bytes32? Objector { get; init; }

    /// <summary>The account that proposed the revocation, or null.</summary>
    public Address? RevocationProposedBy { get; init; }
}

/// <summary>Keeps duties apart that one must not have together (docs/spec/access.md section 9). Pure.</summary>
/// <remarks>
/// All but the first of <see cref="DutyConflict"/> are refused by the contract as well; here the reason is given before a transaction is made.
/// That the keeper's key belongs to no member is seen to by the node, and that rule packs are added by governance alone by their contract.
/// </remarks>
public static class SeparationOfDuties
{
    /// <summary>Says what speaks against a caller's taking a step.</summary>
    public static DutyConflict Check(DutyStep step, Caller caller, DutyFacts facts)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(facts);
        Bytes32 organisation = caller.OrganisationId;
        return step switch
        {
            DutyStep.ConfirmPerformance when facts.EnteredBy is not null && facts.EnteredBy == caller.Name => DutyConflict.EnteredTheRecord,
            DutyStep.ConfirmPerformance => DutyConflict.None,
            DutyStep.Approve when facts.ActsForSubject => DutyConflict.ActsForTheSubject,
            DutyStep.Approve when facts.Arbiters.Contains(organisation) => DutyConflict.ArbitratedInTheCase,
            DutyStep.Approve when facts.Approvers.Contains(organisation) => DutyConflict.ApprovedBefore,
            DutyStep.Approve => DutyConflict.None,
            DutyStep.ResolveObjection when facts.ActsForSubject => DutyConflict.ActsForTheSubject,
            DutyStep.ResolveObjection when facts.Objector == organisation => DutyConflict.RaisedTheObjection,
            DutyStep.ResolveObjection when facts.Authority == organisation => DutyConflict.DecidedTheSanction,
            DutyStep.ResolveObjection when facts.Reviewers.Contains(organisation) => DutyConflict.ReviewedTheCase,
            DutyStep.ResolveObjection => DutyConflict.None,
            DutyStep.SecondRevocation when facts.RevocationProposedBy is not null && facts.RevocationProposedBy == caller.Account => DutyConflict.ProposedTheRevocation,
            DutyStep.SecondRevocation => DutyConflict.None,
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "Expected a step."),
        };
    }

    /// <summary>The stable code of a conflict.</summary>
    public static string CodeOf(DutyConflict conflict) => conflict switch
    {
        DutyConflict.EnteredTheRecord => "duty-entered-the-record",
        DutyConflict.ActsForTheSubject => "duty-acts-for-the-subject",
        DutyConflict.ApprovedBefore => "duty-approved-before",
        DutyConflict.ReviewedTheCase => "duty-reviewed-the-case",
        DutyConflict.ArbitratedInTheCase => "duty-arbitrated-in-the-case",
        DutyConflict.RaisedTheObjection => "duty-raised-the-objection",
        DutyConflict.DecidedTheSanction => "duty-decided-the-sanction",
        DutyConflict.ProposedTheRevocation => "duty-proposed-the-revocation",
        DutyConflict.None => throw new ArgumentOutOfRangeException(nameof(conflict), "What is no conflict has no code."),
        _ => throw new ArgumentOutOfRangeException(nameof(conflict), conflict, "Expected a conflict."),
    };

    /// <summary>One sentence for the caller.</summary>
    public static string TextOf(DutyConflict conflict) => conflict switch
    {
        DutyConflict.EnteredTheRecord => "Who entered a record does not confirm its performance: another person of the authority has to.",
        DutyConflict.ActsForTheSubject => "Your organisation has an account that acts for the subject: another organisation has to do this.",
        DutyConflict.ApprovedBefore => "Your organisation approved already: the next approval is another organisation's.",
        DutyConflict.ReviewedTheCase => "Your organisation reviewed this case: an arbiter of another organisation decides its objections.",
        DutyConflict.ArbitratedInTheCase => "Your organisation decided an objection in this case: another one reviews it.",
        DutyConflict.RaisedTheObjection => "Your organisation raised this objection: another one decides it.",
        DutyConflict.DecidedTheSanction => "Your organisation decided the sanction: another one decides objections in its cases.",
        DutyConflict.ProposedTheRevocation => "You proposed this revocation: it takes the second key of another person of the authority.",
        DutyConflict.None => throw new ArgumentOutOfRangeException(nameof(conflict), "What is no conflict needs no words."),
        _ => throw new ArgumentOutOfRangeException(nameof(conflict), conflict, "Expected a conflict."),
    };
}
