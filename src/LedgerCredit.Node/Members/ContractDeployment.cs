using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Members;

/// <summary>Puts the contracts on a ledger.</summary>
public sealed class ContractDeployment(Workspace workspace, KeyRing keys)
{
    // The shortest delay that the contract allows: long enough to notice a hand-over that nobody wanted.
    private static readonly TimeSpan HandoverDelay = TimeSpan.FromDays(1);

    /// <summary>Deploys the contracts and notes their addresses in the configuration.</summary>
    /// <remarks>
    /// Once the configuration names contracts they are never replaced. Others may change the configuration meanwhile: nothing of it
    /// is lost. Rule packs are added afterwards, by <see cref="RulePackRegistry"/>.
    /// </remarks>
    /// <exception cref="WorkspaceException">The workspace has contracts already, or got them while these were deployed.</exception>
    public async Task<ContractAddresses> DeployAsync(LedgerSession session, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        RequireNone(workspace.Config);

        // A crash behind it leaves the admin's key, which the next call takes up.
        if (!keys.Has(KeystoreKeyType.Account, KeyRing.AdminName))
        {
            keys.CreateAccount(KeyRing.AdminName);
        }

        using Secp256k1Key admin = keys.OpenAccount(KeyRing.AdminName);
        LedgerTransactions transactions = new(session, timeProvider);
        ulong firstBlock = await session.Client.FetchBlockNumberAsync(cancellationToken);

        // A crash from here on, up to the last line, leaves contracts on the ledger that nothing refers to, and whose addresses
        // nobody knows but the admin's account's history: doing it again deploys others, under the next nonces.
        Address consortium = await CreateAsync(
            transactions,
            admin,
            ConsortiumContract.EncodeDeployment(Address.FromPublicKey(admin.PublicKey), (ulong)HandoverDelay.TotalSeconds),
            cancellationToken);
        Address evidenceLog = await CreateAsync(transactions, admin, EvidenceLogContract.EncodeDeployment(consortium), cancellationToken);
        Address rulePacks = await CreateAsync(transactions, admin, RulePacksContract.EncodeDeployment(consortium), cancellationToken);
        Address repairDesk = await CreateAsync(transactions, admin, RepairDeskContract.EncodeDeployment(consortium, evidenceLog, rulePacks), cancellationToken);
        ContractAddresses contracts = new(consortium, evidenceLog, rulePacks, repairDesk, firstBlock);
        Keep(contracts);
        return contracts;
    }

    /// <summary>Notes contracts that another member's admin deployed. The repair desk knows the others.</summary>
    /// <param name="session">The ledger.</param>
    /// <param name="repairDesk">The address of the RepairDesk.</param>
    /// <param name="deploymentBlock">The first block that can hold their events.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="WorkspaceException">The workspace has contracts already, or this is none of ours.</exception>
    public async Task<ContractAddresses> UseAsync(LedgerSession session, Address repairDesk, ulong deploymentBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        RequireNone(workspace.Config);
        byte[] code = await session.Client.FetchCodeAsync(repairDesk, BlockReference.Latest, cancellationToken);
        if (code.Length == 0)
        {
            throw new WorkspaceException($"At {repairDesk} there is no contract on this ledger. Check the address of the RepairDesk with whoever deployed it.");
        }

        RepairDeskContract desk = new(session.Client, repairDesk);
        ContractAddresses contracts = new(
            await desk.FetchConsortiumAsync(cancellationToken),
            await desk.FetchEvidenceLogAsync(cancellationToken),
            await desk.FetchRulePacksAsync(cancellationToken),
            repairDesk,
            deploymentBlock);
        Keep(contracts);
        return contracts;
    }

    // A crash before it leaves a workspace that knows no contracts, one behind it one that knows these for good: the command that is
    // run again says so. What was kept since the configuration was read counts, too.
    private void Keep(ContractAddresses contracts) => workspace.EditConfig(config =>
    {
        RequireNone(config);
        return config with { Ledger = config.Ledger with { Contracts = contracts } };
    });

    private static void RequireNone(WorkspaceConfig config)
    {
        if (config.Ledger.Contracts is ContractAddresses existing)
        {
            throw new WorkspaceException($"This workspace has its contracts already: RepairDesk {existing.RepairDesk}, EvidenceLog {existing.EvidenceLog}. They are never replaced, because evidence refers to them.");
        }
    }

    private static async Task<Address> CreateAsync(LedgerTransactions transactions, Secp256k1Key admin, byte[] code, CancellationToken cancellationToken)
    {
        TransactionReceipt receipt = await transactions.RunAsync(admin, to: null, code, cancellationToken);
        return receipt.ContractAddress
            ?? throw new LedgerStalledException($"The endpoint's answer for the transaction {receipt.TransactionHash} names no contract address.");
    }
}
