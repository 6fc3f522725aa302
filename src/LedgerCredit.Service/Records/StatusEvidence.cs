using LedgerCredit.Evidence;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Repair;
using LedgerCredit.Verification;

namespace LedgerCredit.Service.Records;

/// <summary>Proves the repair status of sanctions for evidence files that are asked for. Thread-safe.</summary>
/// <remarks>
/// The ledger is asked anew for each, so only so many are proven at once, and each within a bound of time. What the ledger answers is believed only where the
/// file with it verifies by the node's own policy: a ledger that is slow, behind or lies gives no file, and never one without the status.
/// </remarks>
/// <param name="node">The node.</param>
/// <param name="ledger">The ledger.</param>
/// <param name="options">The bound of time.</param>
internal sealed class StatusEvidence(NodeContext node, RepairLedger ledger, ServiceOptions options) : IDisposable
{
    // Some requests to the ledger each, from callers who need not have signed in.
    private const int MaxAtOnce = 8;

    private readonly SemaphoreSlim _free = new(MaxAtOnce);

    /// <summary>Adds the status as of the ledger's newest final block. No store may be held meanwhile: a ledger that is slow must not keep others from reading.</summary>
    /// <param name="file">A file; returned as it is where it is not about a sanction.</param>
    /// <param name="witnessed">Whether it has cosignatures.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="Ethereum.Rpc.LedgerException">The ledger does not answer.</exception>
    /// <exception cref="LedgerStalledException">It did not prove the status in time, or the proof does not hold.</exception>
    internal async Task<EvidenceFile> AttachAsync(EvidenceFile file, bool witnessed, CancellationToken cancellationToken)
    {
        if (file.Record.Kind != RecordKind.Sanction.ToName())
        {
            return file;
        }

        using CancellationTokenSource deadline = new(options.StatusTimeout, node.TimeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await _free.WaitAsync(either.Token);
            try
            {
                return await ProveAsync(file, witnessed, either.Token);
            }
            finally
            {
                _free.Release();
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new LedgerStalledException($"The ledger did not prove the status of a sanction within {options.StatusTimeout.TotalSeconds:0.#} s.");
        }
    }

    /// <summary>Whether the proven status closes the record to all who do not see all of it (docs/spec/access.md section 6).</summary>
    internal static bool IsClosed(EvidenceFile file) =>
        file.Status is EvidenceStatus status && (RepairState)status.Value.AsSpan()[^1] is RepairState.Repaired or RepairState.Shielded or RepairState.Annulled;

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private async Task<EvidenceFile> ProveAsync(EvidenceFile file, bool witnessed, CancellationToken cancellationToken)
    {
        using LedgerSession session = await ledger.ConnectAsync(cancellationToken);
        EvidenceFile shown = (await StatusAttacher.AttachAsync(node.Workspace, session, [file], cancellationToken))[0];

        // As a verifier will read it. Behind the anchor's block is a ledger that was reset, or an endpoint that is behind.
        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        TrustPolicy policy = StatusAttacher.Pin(TrustBuilder.Build(node.Workspace, lease.Store, node.Packs, witnessesRequired: witnessed ? 1 : 0), [shown]);
        VerificationReport report = EvidenceVerifier.Verify(shown, policy, new VerificationOptions { Clock = node.TimeProvider });
        return report.Status is not null && report.Steps.All(step => step.Outcome != StepOutcome.Fail)
            ? shown
            : throw new LedgerStalledException(
                $"The status of the repair desk {session.Contracts.RepairDesk} at block {shown.Status!.Block.Number} that the ledger at {session.Client.DisplayEndpoint} gave would not verify ({report.Steps[(int)StepCode.Status].Reason}).");
    }
}
