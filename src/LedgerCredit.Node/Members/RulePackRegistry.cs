using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Repair.Packs;

namespace LedgerCredit.Node.Members;

/// <summary>How a rule pack stands on the ledger.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="Number">Its number there, from 1; 0 where it was not added.</param>
/// <param name="IsClosed">Whether it is closed to new cases.</param>
public sealed record RulePackStanding(RulePack Pack, uint Number, bool IsClosed);

/// <summary>Rule packs on the ledger: what this node knows of them, and governance by the consortium's admin.</summary>
public sealed class RulePackRegistry(LedgerSession session, KeyRing keys, TimeProvider timeProvider)
{
    private readonly RulePacksContract _contract = new(session.Client, session.Contracts.RulePacks);

    /// <summary>The parameters that the contract must have for a pack: they follow from its document alone.</summary>
    public static RulePackParameters ParametersOf(RulePack pack)
    {
        PackParameters of = PackParameters.Of(pack);
        return new RulePackParameters(
            of.RequiredMaterials,
            of.CommitmentMaterial,
            of.Approvals,
            of.LeastInspectionScore,
            of.SupplementRequests,
            of.IntakePeriod,
            of.SupplementPeriod,
            of.ReviewPeriod,
            of.ObjectionWindow,
            of.ArbitrationPeriod,
            of.FalseMaterialBar,
            of.DecidedFrom,
            of.DecidedUntil,
            of.LeastForMinor,
            of.LeastForGeneral,
            of.LeastForSerious);
    }

    /// <summary>How a pack stands.</summary>
    /// <exception cref="WorkspaceException">The ledger has other parameters than follow from the document.</exception>
    public async Task<RulePackStanding> FetchAsync(RulePack pack, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pack);
        uint number = await _contract.FetchNumberAsync(pack.Hash, cancellationToken);
        if (number == 0)
        {
            return new RulePackStanding(pack, 0, IsClosed: false);
        }

        // Governance can make a mistake, or worse. What cases are judged by must be what the document says.
        if (await _contract.FetchPackAsync(number, cancellationToken) != ParametersOf(pack))
        {
            throw new WorkspaceException($"The ledger has the rule pack '{pack.Id}' with other parameters than follow from its document (docs/spec/rule-packs.md section 6). Do not use it; tell the consortium's admin, who can close it with 'ledgercredit contracts close-pack {pack.Id}'.");
        }

        return new RulePackStanding(pack, number, await _contract.IsClosedAsync(pack.Hash, cancellationToken));
    }

    /// <summary>Adds a pack, unless it is there. Doing it again after a crash completes it.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="authorities">Slugs of the authorities that it is open to; none stands for all.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <returns>How it stands now, and whether it was sent.</returns>
    public async Task<(RulePackStanding Standing, bool IsNew)> AddAsync(RulePack pack, IReadOnlyList<string> authorities, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(authorities);
        RulePackStanding before = await FetchAsync(pack, cancellationToken);
        if (before.Number > 0)
        {
            return (before, false);
        }

        IReadOnlyList<Bytes32> organisations = [.. authorities.Select(ConsortiumContract.OrganisationId)];
        await RunAsync(RulePacksContract.EncodeAdd(pack.Hash, ParametersOf(pack), organisations), cancellationToken);
        return (await FetchAsync(pack, cancellationToken), true);
    }

    /// <summary>Closes a pack to new cases, for good.</summary>
    public Task CloseAsync(RulePack pack, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pack);
        return RunAsync(RulePacksContract.EncodeClose(pack.Hash), cancellationToken);
    }

    private async Task RunAsync(byte[] callData, CancellationToken cancellationToken)
    {
        using Secp256k1Key admin = keys.OpenAccount(KeyRing.AdminName);
        await new LedgerTransactions(session, timeProvider).RunAsync(admin, session.Contracts.RulePacks, callData, cancellationToken);
    }
}
