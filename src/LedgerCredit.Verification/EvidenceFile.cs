using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Ethereum;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification;

/// <summary>Everything a verifier needs to check one record offline: <c>*.evidence.json</c>.</summary>
/// <remarks>
/// docs/spec/evidence.md. What was parsed has the right form and nothing more: <see cref="EvidenceVerifier"/> checks it.
/// Immutable.
/// </remarks>
public sealed record EvidenceFile
{
    /// <summary>The largest file in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The format's name and version.</summary>
    public const string Format = "ledgercredit-evidence/1";

    /// <summary>The record, as far as it is disclosed.</summary>
    public required EvidenceRecord Record { get; init; }

    /// <summary>The bytes of the log entry.</summary>
    public required ReadOnlyMemory<byte> Entry { get; init; }

    /// <summary>The proof that the entry is in the log.</summary>
    public required InclusionProof Inclusion { get; init; }

    /// <summary>The log's signed checkpoint, verbatim.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>The proof that the ledger holds the log's root hash.</summary>
    public required EvidenceAnchor Anchor { get; init; }

    /// <summary>The proof of the repair status; null where it is withheld or there is none.</summary>
    public EvidenceStatus? Status { get; init; }

    /// <summary>Reads an evidence file.</summary>
    /// <param name="utf8">The whole file.</param>
    /// <param name="file">The file, or null when it was refused.</param>
    /// <param name="problem">Why it was refused, or null.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out EvidenceFile? file,
        [NotNullWhen(false)] out ParseProblem? problem) => EvidenceFileJson.TryRead(utf8, out file, out problem);

    /// <summary>The file as UTF-8 JSON, indented.</summary>
    public byte[] ToUtf8() => JsonText.WriteIndented(EvidenceFileJson.Write(this));
}

/// <summary>The record part of an evidence file.</summary>
/// <param name="Kind">The record's kind as text.</param>
/// <param name="Issuer">The issuer's slug.</param>
/// <param name="Payload">The payload whose hash is the record digest.</param>
/// <param name="Disclosures">The disclosures that are shown, in any order.</param>
/// <param name="Terms">The ABI encoding of a sanction's terms; empty where they are withheld or there are none.</param>
public sealed record EvidenceRecord(
    string Kind,
    string Issuer,
    JsonObject Payload,
    IReadOnlyList<string> Disclosures,
    ReadOnlyMemory<byte> Terms);

/// <summary>A block of the ledger with what shows that it is final.</summary>
/// <param name="Number">The block's number.</param>
/// <param name="Hash">The block's hash by the ledger's rule.</param>
/// <param name="Header">The header's RLP encoding.</param>
/// <param name="Descendants">On Clique the headers that follow; otherwise none.</param>
public sealed record EvidenceBlock(
    ulong Number,
    Bytes32 Hash,
    ReadOnlyMemory<byte> Header,
    IReadOnlyList<ReadOnlyMemory<byte>> Descendants);

/// <summary>The anchor part of an evidence file.</summary>
/// <param name="ChainId">The ledger's chain id.</param>
/// <param name="EvidenceLog">The contract that holds the anchors.</param>
/// <param name="LogId">The log's id on the ledger.</param>
/// <param name="Root">The anchored root hash.</param>
/// <param name="Block">The block whose state holds the anchor.</param>
/// <param name="AccountProof">The nodes from the block's state root to the contract.</param>
/// <param name="StorageProof">The nodes from the contract's storage root to the anchor.</param>
public sealed record EvidenceAnchor(
    ulong ChainId,
    Address EvidenceLog,
    Bytes32 LogId,
    Bytes32 Root,
    EvidenceBlock Block,
    IReadOnlyList<ReadOnlyMemory<byte>> AccountProof,
    IReadOnlyList<ReadOnlyMemory<byte>> StorageProof);

/// <summary>The status part of an evidence file.</summary>
/// <param name="RepairDesk">The contract that holds the status.</param>
/// <param name="Block">The block as of which the status is shown.</param>
/// <param name="AccountProof">The nodes from the block's state root to the contract.</param>
/// <param name="StorageProof">The nodes from the contract's storage root to the status, or to where it would be.</param>
/// <param name="Value">The storage word; zero where the proof shows that there is none.</param>
public sealed record EvidenceStatus(
    Address RepairDesk,
    EvidenceBlock Block,
    IReadOnlyList<ReadOnlyMemory<byte>> AccountProof,
    IReadOnlyList<ReadOnlyMemory<byte>> StorageProof,
    Bytes32 Value);
