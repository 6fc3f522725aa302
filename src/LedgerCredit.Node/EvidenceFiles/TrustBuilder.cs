using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.EvidenceFiles;

/// <summary>Writes down whom a verifier of this workspace's evidence has to trust: its logs, contracts and blocks.</summary>
/// <remarks>
/// Whoever verifies must get the policy from someone they trust, not together with the evidence. On the devnet, which has no
/// validators, it pins the hashes of the anchors' blocks and of those that statuses were proven at.
/// </remarks>
public static class TrustBuilder
{
    /// <summary>Makes the trust policy of a workspace.</summary>
    /// <exception cref="WorkspaceException">No contracts are deployed.</exception>
    public static TrustPolicy Build(Workspace workspace, Store store, RulePackCatalog packs) => Build(workspace, store, packs, witnessesRequired: 0);

    /// <summary>Makes the trust policy of a workspace that asks for cosignatures of its witnesses.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="store">Its store.</param>
    /// <param name="packs">The rule packs.</param>
    /// <param name="witnessesRequired">How many of the configured witnesses must have cosigned; 0 for a policy without witnesses.</param>
    /// <exception cref="WorkspaceException">No contracts are deployed.</exception>
    public static TrustPolicy Build(Workspace workspace, Store store, RulePackCatalog packs, int witnessesRequired)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(store);
        WorkspaceConfig config = workspace.Config;
        ContractAddresses contracts = config.Ledger.Contracts ?? throw new WorkspaceException("This workspace knows no contracts yet, so nothing is anchored that a verifier could check. Deploy them with 'ledgercredit contracts deploy'.");
        ConsensusPolicy consensus = LedgerFinality.ReadPolicy(config)
            ?? new ConsensusPolicy(ConsensusType.Pinned, BlockHashRule.Keccak, [], new Dictionary<ulong, Bytes32>());
        return new TrustPolicy
        {
            Network = config.Network,
            ChainId = config.Ledger.ChainId,
            EvidenceLog = contracts.EvidenceLog,
            RepairDesk = contracts.RepairDesk,
            Logs = config.Members.ToDictionary(m => m.Slug, LogOf, StringComparer.Ordinal),
            Witnesses = witnessesRequired == 0 ? null : new WitnessPolicy(witnessesRequired, [.. config.Witnesses.Select(witness => witness.Key)]),
            Consensus = consensus.Type == ConsensusType.Pinned ? consensus with { Blocks = AnchorBlocks(store, consensus) } : consensus,
            RulePacks = packs,
            Require = StepCodes.AlwaysRequired,
        };
    }

    private static TrustedLog LogOf(MemberConfig member) =>
        NoteVerifierKey.TryParse(member.VerifierKey, out NoteVerifierKey? key, out ParseProblem? problem)
            ? new TrustedLog(member.Origin, key)
            : throw new WorkspaceException($"workspace.json has a damaged verifier key for '{member.Slug}'. {problem}");

    private static SortedDictionary<ulong, Bytes32> AnchorBlocks(Store store, ConsensusPolicy consensus)
    {
        SortedDictionary<ulong, Bytes32> blocks = new(consensus.Blocks.ToDictionary());
        foreach ((ulong number, Bytes32 hash) in store.StatusBlocks.ReadAll())
        {
            blocks[number] = hash;
        }

        foreach (StoredLog log in store.Logs.ReadAll())
        {
            foreach (StoredAnchor anchor in store.Anchors.ReadAll(log.Number).Where(a => a.LedgerProof is not null))
            {
                if (!LedgerProof.TryDecode(anchor.LedgerProof, out LedgerProof? proof)
                    || !BlockHeader.TryDecode(proof.Header.Span, out BlockHeader? header, out _)
                    || !BlockHash.TryCompute(header, consensus.HashRule, out Bytes32 hash, out _)
                    || hash != proof.BlockHash)
                {
                    throw new LogIntegrityException($"The anchor of log '{log.Origin}' at size {anchor.TreeSize} is damaged. Run 'ledgercredit log audit'.");
                }

                blocks[header.Number] = hash;
            }
        }

        return blocks;
    }
}
