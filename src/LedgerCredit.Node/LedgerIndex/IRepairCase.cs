using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Node.LedgerIndex;

/// <summary>A repair case as far as its applicant works with it, from the index here or as a node shows it.</summary>
public interface IRepairCase
{
    /// <summary>The case, counted from 1.</summary>
    ulong CaseId { get; }

    /// <summary>The sanction.</summary>
    Bytes32 LeafHash { get; }

    /// <summary>Where the case stands.</summary>
    CaseStage Stage { get; }

    /// <summary>Whether the case has not ended.</summary>
    bool IsUnderWay { get; }

    /// <summary>The materials, in the order of their submission.</summary>
    IReadOnlyList<LedgerMaterial> Materials { get; }

    /// <summary>How many approvals stand.</summary>
    int ApprovalCount { get; }
}

/// <summary>The cases of sanctions.</summary>
public interface IRepairCases
{
    /// <summary>All cases of a sanction, the oldest first.</summary>
    IReadOnlyList<IRepairCase> ReadOf(Bytes32 sanction);
}
