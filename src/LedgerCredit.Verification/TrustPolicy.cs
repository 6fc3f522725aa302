using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Ethereum;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification;

/// <summary>A log that a verifier accepts.</summary>
/// <param name="Origin">Its origin: <c>network/issuer</c>.</param>
/// <param name="Key">The key of its checkpoints, named after the origin.</param>
public sealed record TrustedLog(string Origin, NoteVerifierKey Key);

/// <summary>Whose keys, contracts and validators a verifier accepts, and which steps it requires: <c>trust.json</c>.</summary>
/// <remarks>docs/spec/trust.md. Immutable; parse once and verify any number of files with it, from several threads.</remarks>
public sealed record TrustPolicy
{
    /// <summary>The largest policy in bytes: room for some 100,000 pinned blocks.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The format's name and version where no witnesses are asked for.</summary>
    public const string Format = "ledgercredit-trust/1";

    /// <summary>The format's name and version with <see cref="Witnesses"/>.</summary>
    public const string FormatWithWitnesses = "ledgercredit-trust/2";

    /// <summary>The network's name, the first part of every origin.</summary>
    public required string Network { get; init; }

    /// <summary>The ledger's chain id.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The contract that holds the anchors.</summary>
    public required Address EvidenceLog { get; init; }

    /// <summary>The contract that holds the repair status; the zero address where the network has none.</summary>
    public required Address RepairDesk { get; init; }

    /// <summary>The accepted logs by issuer.</summary>
    public required IReadOnlyDictionary<string, TrustedLog> Logs { get; init; }

    /// <summary>The witnesses that must have cosigned checkpoints; null where none are asked for.</summary>
    public WitnessPolicy? Witnesses { get; init; }

    /// <summary>By what a final block is recognised.</summary>
    public required ConsensusPolicy Consensus { get; init; }

    /// <summary>The rule packs with which terms are compared.</summary>
    public required RulePackCatalog RulePacks { get; init; }

    /// <summary>The greatest age of a status in seconds; null for any.</summary>
    public ulong? StatusMaxAgeSeconds { get; init; }

    /// <summary>The steps that must pass: all from format to consensus, and status where the verifier wants it.</summary>
    public required IReadOnlyList<StepCode> Require { get; init; }

    /// <summary>Reads a trust policy.</summary>
    /// <param name="utf8">The whole file.</param>
    /// <param name="policy">The policy, or null when it was refused.</param>
    /// <param name="problem">Why it was refused, or null.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out TrustPolicy? policy,
        [NotNullWhen(false)] out ParseProblem? problem) => TrustPolicyJson.TryRead(utf8, out policy, out problem);

    /// <summary>Reads only the <c>consensus</c> member of a policy, for programs that write policies.</summary>
    /// <param name="consensus">The member's value.</param>
    /// <param name="policy">The policy, or null when it was refused.</param>
    /// <param name="problem">Why it was refused, with a path that begins at the member, or null.</param>
    public static bool TryParseConsensus(
        JsonValue consensus,
        [NotNullWhen(true)] out ConsensusPolicy? policy,
        [NotNullWhen(false)] out ParseProblem? problem) => ConsensusPolicyJson.TryRead(consensus, out policy, out problem);

    /// <summary>The policy as UTF-8 JSON, indented.</summary>
    public byte[] ToUtf8() => JsonText.WriteIndented(TrustPolicyJson.Write(this));
}
