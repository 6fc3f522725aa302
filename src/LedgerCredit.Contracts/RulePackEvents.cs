namespace LedgerCredit.Contracts;

/// <summary>An event of the contract <c>RulePacks</c>: one of the sealed records of this namespace that derive from it.</summary>
public abstract record RulePackEvent
{
    private protected RulePackEvent(EventPosition position)
    {
        Position = position;
    }

    /// <summary>Where it stands.</summary>
    public EventPosition Position { get; }
}

/// <summary>A rule pack was added.</summary>
/// <param name="RulePack">keccak256 of the document.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Pack">Its parameters, for ever.</param>
/// <param name="Authorities">The organisations it is open to, for ever; none stands for all.</param>
/// <param name="Position">Where it stands.</param>
public sealed record RulePackAddedEvent(
    Bytes32 RulePack,
    uint Number,
    RulePackParameters Pack,
    IReadOnlyList<Bytes32> Authorities,
    EventPosition Position) : RulePackEvent(Position);

/// <summary>A rule pack was closed to new cases, for good.</summary>
/// <param name="RulePack">keccak256 of the document.</param>
/// <param name="Number">Its number.</param>
/// <param name="Position">Where it stands.</param>
public sealed record RulePackClosedEvent(
    Bytes32 RulePack,
    uint Number,
    EventPosition Position) : RulePackEvent(Position);
