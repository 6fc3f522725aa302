using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Contracts;

/// <summary>What a sanction is, as far as repair is concerned. The numbers are those of the contract's enum.</summary>
public enum SanctionState : byte
{
    /// <summary>Nothing ever happened, or a case ended without repair: the sanction is as it was decided.</summary>
    None = 0,

    /// <summary>A case is under way.</summary>
    UnderRepair = 1,

    /// <summary>Repaired.</summary>
    Repaired = 2,

    /// <summary>Shielded by a court's ruling in a reorganisation.</summary>
    Shielded = 3,

    /// <summary>Annulled: the decision was overturned.</summary>
    Annulled = 4,

    /// <summary>In force again: its repair was revoked for false material.</summary>
    Revoked = 5,
}

/// <summary>The status of a sanction.</summary>
/// <param name="State">What it is.</param>
/// <param name="ChangedAt">When this status was last written, in Unix seconds; 0 if never.</param>
/// <param name="ReturnTo">While shielded: what it will be when the shield ends. None otherwise.</param>
public sealed record SanctionStatus(SanctionState State, ulong ChangedAt, SanctionState ReturnTo)
{
    internal static SanctionStatus Read(AbiReader reader) => new(ReadState(reader), reader.ReadUInt64(), ReadState(reader));

    internal static SanctionState ReadState(AbiReader reader) => (SanctionState)reader.ReadEnum((byte)SanctionState.Revoked);
}

/// <summary>The terms of a sanction, as the contract is shown them; its log entry commits to them. Times in Unix seconds, 0 for none.</summary>
/// <param name="SubjectTag">The subject's pseudonym.</param>
/// <param name="Authority">The organisation that decided; keccak256 of the issuer's slug.</param>
/// <param name="RulePack">keccak256 of the rule pack document.</param>
/// <param name="Grade">0 none, 1 minor, 2 general, 3 serious.</param>
/// <param name="IsRepairable">Whether it can be repaired.</param>
/// <param name="DecidedAt">00:00 of the day of the decision.</param>
/// <param name="EarliestRepairAt">00:00 of the day after the shortest period.</param>
/// <param name="PublicUntil">00:00 of the day after the last day of publication.</param>
/// <param name="AttachedTermUntil">00:00 of the day after the last day of an attached term.</param>
/// <param name="Salt">Keeps the terms from being guessed.</param>
public sealed record RepairTerms(
    Bytes32 SubjectTag,
    Bytes32 Authority,
    Bytes32 RulePack,
    byte Grade,
    bool IsRepairable,
    ulong DecidedAt,
    ulong EarliestRepairAt,
    ulong PublicUntil,
    ulong AttachedTermUntil,
    Bytes32 Salt)
{
    /// <summary>Reads the bytes of <c>abi.encode</c>, as records and evidence files keep them.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> encoded, [NotNullWhen(true)] out RepairTerms? terms)
    {
        AbiReader reader = new(encoded);
        RepairTerms read = Read(reader);
        terms = reader.TryEnd(out _) ? read : null;
        return terms is not null;
    }

    internal static RepairTerms Read(AbiReader reader) => new(
        reader.ReadBytes32(),
        reader.ReadBytes32(),
        reader.ReadBytes32(),
        reader.ReadUInt8(),
        reader.ReadBool(),
        reader.ReadUInt64(),
        reader.ReadUInt64(),
        reader.ReadUInt64(),
        reader.ReadUInt64(),
        reader.ReadBytes32());

    internal void Write(AbiWriter writer) => writer
        .WriteBytes32(SubjectTag)
        .WriteBytes32(Authority)
        .WriteBytes32(RulePack)
        .WriteUInt64(Grade)
        .WriteBool(IsRepairable)
        .WriteUInt64(DecidedAt)
        .WriteUInt64(EarliestRepairAt)
        .WriteUInt64(PublicUntil)
        .WriteUInt64(AttachedTermUntil)
        .WriteBytes32(Salt);
}

/// <summary>What the log entry of a sanction is made of.</summary>
/// <param name="RecordDigest">The record digest.</param>
/// <param name="Terms">The terms.</param>
public sealed record RepairSanction(Bytes32 RecordDigest, RepairTerms Terms)
{
    internal void Write(AbiWriter writer)
    {
        writer.WriteBytes32(RecordDigest);
        Terms.Write(writer);
    }
}

/// <summary>Where an entry stands in a tree that a log has anchored, with the proof of it.</summary>
/// <param name="LogId">keccak256 of the log's origin.</param>
/// <param name="Root">The root hash of the tree.</param>
/// <param name="LeafIndex">The position of the entry in the log.</param>
/// <param name="Path">The inclusion path in that tree: RFC 9162 section 2.1.3.</param>
public sealed record AnchoredEntry(Bytes32 LogId, Bytes32 Root, ulong LeafIndex, IReadOnlyList<Bytes32> Path)
{
    internal void Write(AbiWriter writer) =>
        writer.WriteBytes32(LogId).WriteBytes32(Root).WriteUInt64(LeafIndex).WriteBytes32Array(Path);
}

/// <summary>A document that the applicant submits.</summary>
/// <param name="Kind">Its kind, 1 to 63.</param>
/// <param name="Digest"><c>SHA-256(salt || SHA-256(file))</c>; not zero.</param>
public sealed record RepairMaterial(byte Kind, Bytes32 Digest)
{
    // The contract sets no bound, but the endpoint's answer has one, and an array is never longer than its data.
    private const int AnyCount = int.MaxValue;

    internal static IReadOnlyList<RepairMaterial> ReadArray(AbiReader reader)
    {
        AbiReader items = reader.ReadArray(AnyCount, out int count);
        RepairMaterial[] materials = new RepairMaterial[count];
        for (int i = 0; i < count; i++)
        {
            materials[i] = new RepairMaterial(items.ReadUInt8(), items.ReadBytes32());
        }

        items.EndMembers();
        return materials;
    }

    internal static void WriteArray(AbiWriter writer, IReadOnlyList<RepairMaterial> materials)
    {
        ArgumentNullException.ThrowIfNull(materials);

        AbiWriter items = new();
        foreach (RepairMaterial material in materials)
        {
            items.WriteUInt64(material.Kind).WriteBytes32(material.Digest);
        }

        writer.WriteArray(materials.Count, items);
    }
}
