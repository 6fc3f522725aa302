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
    /// A crash before the configuration is saved leaves contracts on the ledger that nothing refers to; doing it again
    /// deploys others. Once the configuration names contracts they are never replaced.
    /// </remarks>
    /// <exception cref="WorkspaceException">The workspace has contracts already.</exception>
    public async Task<ContractAddresses> DeployAsync(LedgerSession session, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        RequireNone();
        if (!keys.Has(KeystoreKeyType.Account, KeyRing.AdminName))
        {
            keys.CreateAccount(KeyRing.AdminName);
        }

        using Secp256k1Key admin = keys.OpenAccount(KeyRing.AdminName);
        LedgerTransactions transactions = new(session, timeProvider);
        ulong firstBlock = await session.Client.FetchBlockNumberAsync(cancellationToken);
        Address consortium = await CreateAsync(
            transactions,
            admin,
            ConsortiumContract.EncodeDeployment(Address.FromPublicKey(admin.PublicKey), (ulong)HandoverDelay.TotalSeconds),
            cancellationToken);
        Address evidenceLog = await CreateAsync(transactions, admin, EvidenceLogContract.EncodeDeployment(consortium), cancellationToken);
        ContractAddresses contracts = new(consortium, evidenceLog, firstBlock);
        workspace.Save(workspace.Config with { Ledger = workspace.Config.Ledger with { Contracts = contracts } });
        return contracts;
    }

    /// <summary>Notes contracts that another member's admin deployed.</summary>
    /// <exception cref="WorkspaceException">The workspace has contracts already, or these are none of ours.</exception>
    public async Task UseAsync(LedgerSession session, ContractAddresses contracts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(contracts);
        RequireNone();
        byte[] code = await session.Client.FetchCodeAsync(contracts.EvidenceLog, BlockReference.Latest, cancellationToken);
        if (code.Length == 0
            || await new EvidenceLogContract(session.Client, contracts.EvidenceLog).FetchConsortiumAsync(cancellationToken) != contracts.Consortium)
        {
            throw new WorkspaceException($"At {contracts.EvidenceLog} there is no EvidenceLog of the consortium {contracts.Consortium} on this ledger. Check the addresses with whoever deployed them.");
        }

        workspace.Save(workspace.Config with { Ledger = workspace.Config.Ledger with { Contracts = contracts } });
    }

    private void RequireNone()
    {
        if (workspace.Config.Ledger.Contracts is ContractAddresses existing)
        {
            throw new WorkspaceException($"This workspace has its contracts already: Consortium {existing.Consortium}, EvidenceLog {existing.EvidenceLog}. They are never replaced, because evidence refers to them.");
        }
    }

    private static async Task<Address> CreateAsync(LedgerTransactions transactions, Secp256k1Key admin, byte[] code, CancellationToken cancellationToken)
    {
        TransactionReceipt receipt = await transactions.RunAsync(admin, to: null, code, cancellationToken);
        return receipt.ContractAddress
            ?? throw new LedgerStalledException($"The endpoint's answer for the transaction {receipt.TransactionHash} names no contract address.");
    }
}
