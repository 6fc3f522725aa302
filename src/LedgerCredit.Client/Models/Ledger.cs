namespace LedgerCredit.Client.Models;

/// <summary>The node's ledger and logs.</summary>
/// <param name="Network">The network's name, the first part of every origin.</param>
/// <param name="ChainId">The chain id.</param>
/// <param name="Contracts">The contracts' addresses; absent until they are deployed.</param>
/// <param name="IndexedBlock">Up to which block the contracts' events were read; absent where they never were.</param>
/// <param name="Logs">The logs.</param>
public sealed record LedgerView(string Network, long ChainId, ContractsView? Contracts, long? IndexedBlock, IReadOnlyList<LogView> Logs);

/// <summary>The contracts of a network.</summary>
/// <param name="Consortium">Members, accounts and logs.</param>
/// <param name="EvidenceLog">Anchors.</param>
/// <param name="RulePacks">The rules that repair cases are opened under.</param>
/// <param name="RepairDesk">Repair cases and the status of sanctions.</param>
public sealed record ContractsView(string Consortium, string EvidenceLog, string RulePacks, string RepairDesk);

/// <summary>A log.</summary>
/// <param name="Issuer">The slug of the member whose log it is.</param>
/// <param name="Origin">Its origin.</param>
/// <param name="VerifierKey">The verifier key of its checkpoints (C2SP signed-note).</param>
/// <param name="Entries">How many entries it has.</param>
/// <param name="Anchored">How many of them the newest anchor covers.</param>
/// <param name="Waiting">How many wait for the ledger.</param>
/// <param name="InFlight">Whether an anchor is on its way.</param>
public sealed record LogView(string Issuer, string Origin, string VerifierKey, long Entries, long Anchored, long Waiting, bool InFlight);

/// <summary>A page of anchors of a log, by size.</summary>
/// <param name="Anchors">The anchors.</param>
/// <param name="Next">The cursor of the next page; absent on the last one.</param>
public sealed record AnchorPage(IReadOnlyList<AnchorView> Anchors, string? Next);

/// <summary>An anchor on the ledger.</summary>
/// <param name="TreeSize">How many entries it covers.</param>
/// <param name="RootHash">The root hash over them.</param>
/// <param name="BlockNumber">The block whose state shows it.</param>
/// <param name="BlockHash">That block's hash.</param>
/// <param name="BlockTime">That block's time, RFC 3339.</param>
public sealed record AnchorView(long TreeSize, string RootHash, long BlockNumber, string BlockHash, string BlockTime);
