using LedgerCredit.Ethereum;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Node.RepairPackages;

/// <summary>Materials that are to be sent, kept in a package by now.</summary>
/// <param name="Package">The package.</param>
/// <param name="Added">Those of its materials that the step brings.</param>
/// <param name="CallData">The step.</param>
public sealed record PackedStep(KeptPackage Package, IReadOnlyList<PackageMaterial> Added, ReadOnlyMemory<byte> CallData);

/// <summary>The ledger as whoever submits materials reaches it: by an endpoint of its own, or through a node.</summary>
public interface IMaterialLedger
{
    /// <summary>What is known of cases, up to the last <see cref="CatchUpAsync"/>.</summary>
    IRepairCases Cases { get; }

    /// <summary>
    /// Whether <see cref="Cases"/> was read from the ledger by this workspace. What others say of the ledger is no reason to remove a package: if they
    /// lie, its salts are lost for good.
    /// </summary>
    bool IsReadHere { get; }

    /// <summary>Reads the cases of a sanction up to the newest block.</summary>
    Task CatchUpAsync(Bytes32 sanction, CancellationToken cancellationToken);

    /// <summary>Waits until no step is on its way that an account took before for the sanction.</summary>
    Task WaitIdleAsync(Bytes32 sanction, Address sender, CancellationToken cancellationToken);

    /// <summary>Takes the step, waits until it is final, and reads the cases up to it.</summary>
    Task<StepPlace> TakeAsync(PackedStep packed, CancellationToken cancellationToken);

    /// <summary>Whether a failure of <see cref="TakeAsync"/> says that the desk refuses the step.</summary>
    bool IsRefusal(Exception failure);
}
