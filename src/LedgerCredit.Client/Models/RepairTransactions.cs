using System.Text.Json.Nodes;

namespace LedgerCredit.Client.Models;

/// <summary>A step that the caller's ledger account wants to take. Which members a step needs, its description in the API says.</summary>
/// <param name="Step">
/// `open`, `supplement`, `withdraw`, `accept`, `ask`, `confirm`, `refuse`, `approve`, `object`, `resolve`, `trigger`, `escalate`, `revoke`, `annul`,
/// `shield` or `unshield`.
/// </param>
/// <param name="Case">The case; of all steps but `open`, `annul`, `shield` and `unshield`.</param>
/// <param name="Issuer">Of those four: the slug of the authority of a sanction that this node holds, with `leafIndex`.</param>
/// <param name="LeafIndex">The sanction's index in the log of `issuer`.</param>
/// <param name="Evidence">Of those four, instead of `issuer` and `leafIndex`: the sanction's whole evidence file.</param>
/// <param name="Materials">Of `open` and `supplement`: the materials, in their order.</param>
/// <param name="Kinds">Of `ask`: the codes of the materials that are asked for.</param>
/// <param name="Statement">The digest of what the party says, which it keeps: `SHA-256(salt ‖ SHA-256(content))` with 32 random bytes of salt.</param>
/// <param name="TakeBack">Of `confirm`: true to take a confirmation back.</param>
/// <param name="MaterialsHash">Of `approve`: the hash of the materials that were checked.</param>
/// <param name="Score">Of `approve`: the score of the inspection, 0 to 100; 0 where it is absent.</param>
/// <param name="Objector">Of `resolve`, and of `escalate` where an objection is overdue: the slug of the organisation whose objection it is.</param>
/// <param name="Uphold">Of `resolve`: whether the objection is right.</param>
public sealed record RepairStepRequest(
    string Step,
    long? Case = null,
    string? Issuer = null,
    long? LeafIndex = null,
    JsonObject? Evidence = null,
    IReadOnlyList<RepairMaterialDigest>? Materials = null,
    IReadOnlyList<string>? Kinds = null,
    string? Statement = null,
    bool? TakeBack = null,
    string? MaterialsHash = null,
    int? Score = null,
    string? Objector = null,
    bool? Uphold = null);

/// <summary>A material as the ledger keeps it.</summary>
/// <param name="Code">Its code, `D01` to `D63`.</param>
/// <param name="Digest">`SHA-256(salt ‖ SHA-256(file))`: 0x and 64 lower-case hex digits.</param>
public sealed record RepairMaterialDigest(string Code, string Digest);

/// <summary>A transaction for the caller's own account, to be signed where its key is. Numbers are written as JSON-RPC writes quantities.</summary>
/// <param name="From">The account.</param>
/// <param name="To">The contract.</param>
/// <param name="Type">`0x2` (EIP-1559), or `0x0` (EIP-155) on a ledger whose blocks have no base fee.</param>
/// <param name="ChainId">The ledger.</param>
/// <param name="Nonce">The account's next nonce, as of the newest block.</param>
/// <param name="Gas">The most gas that it may use.</param>
/// <param name="Value">`0x0`: nothing is transferred.</param>
/// <param name="Data">The call data.</param>
/// <param name="Payload">The bytes to sign: sign their Keccak-256 hash, and send the transaction with the signature as its last fields.</param>
/// <param name="SigningHash">That hash.</param>
/// <param name="MaxFeePerGas">What a unit of gas costs at most, in wei; of type `0x2`.</param>
/// <param name="MaxPriorityFeePerGas">What the block's beneficiary gets of it at most; of type `0x2`.</param>
/// <param name="GasPrice">The price of a unit of gas, in wei; of type `0x0`.</param>
/// <param name="WantedMaterials">
/// Of `open`: the materials that the plan of the sanction asks for and the step lacks; absent where it lacks none. The ledger takes it without them, and
/// nobody approves it before they are supplemented. What is asked for only where the applicant says so (a rectification, an agent) is not among them.
/// </param>
public sealed record UnsignedRepairTransaction(
    string From,
    string To,
    string Type,
    string ChainId,
    string Nonce,
    string Gas,
    string Value,
    string Data,
    string Payload,
    string SigningHash,
    string? MaxFeePerGas = null,
    string? MaxPriorityFeePerGas = null,
    string? GasPrice = null,
    IReadOnlyList<WantedMaterial>? WantedMaterials = null);

/// <summary>A material that a plan asks for.</summary>
/// <param name="Code">Its code in the rule pack, `D01` to `D63`.</param>
/// <param name="Name">Its name.</param>
public sealed record WantedMaterial(string Code, string Name);

/// <summary>A signed transaction.</summary>
/// <param name="Transaction">Its bytes: 0x and lower-case hex digits, as `eth_sendRawTransaction` takes them.</param>
public sealed record SignedRepairTransaction(string Transaction);

/// <summary>A transaction that is on its way.</summary>
/// <param name="Hash">Its hash, by which its state is asked for.</param>
public sealed record SentRepairTransaction(string Hash);

/// <summary>What became of a transaction.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="State">
/// `pending`: in no block yet; `mined`: in a block that may still be reorganised away; `final`: in one that may not; `refused`: in a block, but the
/// contract refused it, so that nothing happened.
/// </param>
/// <param name="Indexed">Whether what the API says of cases has it already.</param>
/// <param name="Events">What happened, by stable names; empty unless it took effect.</param>
/// <param name="Block">The number of its block; absent while it is in none.</param>
/// <param name="Case">The case that it opened or moved on; absent where there is none.</param>
public sealed record RepairTransactionState(string Hash, string State, bool Indexed, IReadOnlyList<string> Events, long? Block = null, long? Case = null);
