using System.Security.Cryptography;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>A case whose materials were submitted, as the report shows it.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Sanction">Its sanction.</param>
/// <param name="MaterialsHash">The hash of its materials.</param>
/// <param name="Standing">Its stage and who moves it on, for machines; empty where that is not known.</param>
/// <param name="Ledger">Where it is on the ledger, for machines.</param>
/// <param name="WriteNext">Writes who has to do what next.</param>
/// <param name="WriteLedger">Writes where it is on the ledger.</param>
internal sealed record SubmittedCase(
    ulong CaseId,
    Bytes32 Sanction,
    Bytes32 MaterialsHash,
    IReadOnlyList<JsonMember> Standing,
    IReadOnlyList<JsonMember> Ledger,
    Action<TextWriter> WriteNext,
    Action<TextWriter> WriteLedger);

/// <summary>What an applicant's commands work with: its packages here, and the cases and its steps at the ledger or through a node.</summary>
/// <param name="folder">The packages of the workspace, held by this command.</param>
/// <param name="workspace">The workspace.</param>
/// <param name="actor">The applicant.</param>
internal abstract class ApplicantSession(PackageFolder folder, Workspace workspace, ActingAccount actor) : IMaterialLedger, IDisposable
{
    /// <summary>The packages of the workspace.</summary>
    public PackageFolder Folder => folder;

    /// <summary>The workspace.</summary>
    public Workspace Workspace => workspace;

    /// <summary>The applicant.</summary>
    public ActingAccount Actor => actor;

    /// <summary>The contracts of the ledger.</summary>
    public abstract ContractAddresses Contracts { get; }

    /// <summary>The time of the newest block that is known here, in Unix seconds; 0 where none is.</summary>
    public abstract ulong BlockTime { get; }

    /// <inheritdoc/>
    public abstract IRepairCases Cases { get; }

    /// <inheritdoc/>
    public abstract bool IsReadHere { get; }

    /// <summary>The step that <see cref="TakeAsync"/> is to take, as a node is asked for it, without its materials.</summary>
    protected RepairStepRequest? Request { get; private set; }

    /// <summary>The case that is meant: by its number, or the newest one of a sanction.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public abstract Task<IRepairCase> FindCaseAsync(string text, CancellationToken cancellationToken);

    /// <summary>Asks whether the desk would take an application, and sends nothing to the ledger.</summary>
    /// <param name="materials">Its materials.</param>
    /// <param name="callData">The step with them.</param>
    /// <param name="request">The same for a node, without the materials.</param>
    /// <param name="zone">The zone of the rule pack.</param>
    /// <param name="cancellationToken">Cancels asking.</param>
    /// <exception cref="InputException">It would refuse it.</exception>
    public abstract Task RequireAllowedAsync(
        IReadOnlyList<PackageMaterial> materials, ReadOnlyMemory<byte> callData, Func<RepairStepRequest> request, TimeSpan zone, CancellationToken cancellationToken);

    /// <summary>A case as it stands now, for the report.</summary>
    public abstract Task<SubmittedCase> ReadCaseAsync(ulong caseId, StepPlace? step, CancellationToken cancellationToken);

    /// <summary>Records the steps that are final and in no log here yet, where this workspace does that.</summary>
    public abstract void Record(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract Task CatchUpAsync(Bytes32 sanction, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract Task WaitIdleAsync(Bytes32 sanction, Ethereum.Address sender, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract Task<StepPlace> TakeAsync(PackedStep packed, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract bool IsRefusal(Exception failure);

    /// <summary>Completes what earlier commands left of a sanction.</summary>
    public async Task SettleAsync(Bytes32 sanction, CancellationToken cancellationToken)
    {
        await CatchUpAsync(sanction, cancellationToken);
        await Submitter().SettleAsync(sanction, Actor.Address, cancellationToken);
    }

    /// <summary>Submits materials and says in words why they are refused.</summary>
    /// <param name="submission">The materials.</param>
    /// <param name="request">The step for a node, without the materials.</param>
    /// <param name="zone">The zone of the rule pack.</param>
    /// <param name="cancellationToken">Cancels waiting; the materials may come on the ledger all the same.</param>
    /// <exception cref="InputException">The rules do not allow it.</exception>
    public async Task<SubmittedMaterials> SubmitAsync(MaterialSubmission submission, Func<RepairStepRequest> request, TimeSpan zone, CancellationToken cancellationToken)
    {
        Request = request();
        try
        {
            SubmittedMaterials submitted = await Submitter().SubmitAsync(submission, cancellationToken);
            if (submitted.Step is null)
            {
                Record(cancellationToken);
            }

            return submitted;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            if (await ExplainAsync(e, zone, cancellationToken) is InputException explanation)
            {
                throw explanation;
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>32 random bytes.</summary>
    public static Bytes32 NewSalt()
    {
        Bytes32 salt = default;
        RandomNumberGenerator.Fill(salt);
        return salt;
    }

    /// <summary>Says why the desk refuses a step; null for errors that no step meets.</summary>
    protected abstract Task<InputException?> ExplainAsync(Exception refusal, TimeSpan zone, CancellationToken cancellationToken);

    private MaterialSubmitter Submitter() => new(Folder, this, NewSalt);
}
