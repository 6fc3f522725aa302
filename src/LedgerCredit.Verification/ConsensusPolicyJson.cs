using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification;

/// <summary>The JSON form of the consensus part of a trust policy: docs/spec/trust.md section 3.</summary>
internal static class ConsensusPolicyJson
{
    private const int MaxRanges = 10_000;

    internal static bool TryRead(
        JsonValue value,
        [NotNullWhen(true)] out ConsensusPolicy? policy,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(value);

        JsonProblems problems = new();
        ConsensusPolicy read = Read(JsonCursor.Root(value, problems));
        problem = problems.First;
        policy = problem is null ? read : null;
        return problem is null;
    }

    internal static ConsensusPolicy Read(JsonCursor consensus)
    {
        consensus.ObjectWith(["type", "hash"], ["validators", "blocks"]);
        ConsensusType type = ReadType(consensus.Member("type"));
        BlockHashRule rule = ReadHashRule(consensus.Member("hash"), type);
        List<ValidatorRange> validators =
            consensus.TryMember("validators", out JsonCursor ranges) ? ReadRanges(ranges) : [];
        SortedDictionary<ulong, Bytes32> blocks =
            consensus.TryMember("blocks", out JsonCursor pinned) ? ReadBlocks(pinned) : [];
        if (type != ConsensusType.Pinned && validators.Count == 0)
        {
            consensus.Refuse("no-validators", "Expected the validators of at least one range of blocks, found none.");
        }

        return new ConsensusPolicy(type, rule, validators, blocks);
    }

    internal static JsonObject Write(ConsensusPolicy policy) => new(
        new JsonMember("type", new JsonString(TypeName(policy.Type))),
        new JsonMember("hash", new JsonString(policy.HashRule == BlockHashRule.Qbft ? "qbft" : "keccak")),
        new JsonMember("validators", new JsonArray([.. policy.Validators.Select(WriteRange)])),
        new JsonMember("blocks", new JsonObject(policy.Blocks.OrderBy(b => b.Key).Select(b => new JsonMember(
            b.Key.ToString(CultureInfo.InvariantCulture), new JsonString(b.Value.ToString()))))));

    internal static Address ReadAddress(JsonCursor cursor)
    {
        if (!Address.TryParse(cursor.Text(), out Address address))
        {
            cursor.Refuse("bad-address", "Expected 0x and 40 hex digits, lower-case or with the EIP-55 checksum, found other text.");
        }

        return address;
    }

    private static string TypeName(ConsensusType type) => type switch
    {
        ConsensusType.Pinned => "pinned",
        ConsensusType.Qbft => "qbft",
        ConsensusType.Clique => "clique",
        _ => throw new System.Diagnostics.UnreachableException($"There is no consensus type {type}."),
    };

    private static ConsensusType ReadType(JsonCursor cursor)
    {
        string text = cursor.Text();
        foreach (ConsensusType type in Enum.GetValues<ConsensusType>())
        {
            if (TypeName(type) == text)
            {
                return type;
            }
        }

        cursor.Refuse("bad-consensus-type", "Expected 'qbft', 'clique' or 'pinned', found other text.");
        return ConsensusType.Pinned;
    }

    private static BlockHashRule ReadHashRule(JsonCursor cursor, ConsensusType type)
    {
        string text = cursor.Text();
        if (text is not ("keccak" or "qbft"))
        {
            cursor.Refuse("bad-hash-rule", "Expected 'keccak' or 'qbft', found other text.");
        }

        BlockHashRule rule = text == "qbft" ? BlockHashRule.Qbft : BlockHashRule.Keccak;
        bool fits = type == ConsensusType.Pinned || (type == ConsensusType.Qbft) == (rule == BlockHashRule.Qbft);
        if (!fits)
        {
            cursor.Refuse("bad-hash-rule", "Expected 'qbft' with qbft and 'keccak' with clique, found the other.");
        }

        return rule;
    }

    private static List<ValidatorRange> ReadRanges(JsonCursor cursor)
    {
        List<ValidatorRange> ranges = [];
        foreach (JsonCursor item in cursor.Items(MaxRanges))
        {
            item.ObjectWith(["from", "to", "addresses"]);
            JsonCursor to = item.Member("to");
            ValidatorRange range = new(
                item.Member("from").SafeInteger(),
                to.Value is JsonNull ? null : to.SafeInteger(),
                ReadValidators(item.Member("addresses")));
            if (range.To < range.From)
            {
                item.Refuse("bad-range", "Expected a last block that is not before the first, found one that is.");
            }

            // In ascending order an overlap is always with the range before.
            if (ranges.Count != 0 && (ranges[^1].To is null || ranges[^1].To >= range.From))
            {
                item.Refuse("range-order", "Expected a range that begins after the one before ends, found another.");
            }

            ranges.Add(range);
        }

        return ranges;
    }

    private static List<Address> ReadValidators(JsonCursor cursor)
    {
        List<Address> addresses = [];
        HashSet<Address> seen = [];
        foreach (JsonCursor item in cursor.Items(ValidatorRange.MaxValidators))
        {
            Address address = ReadAddress(item);
            if (!seen.Add(address))
            {
                item.Refuse("duplicate-address", "Expected each address once, found it twice.");
            }

            addresses.Add(address);
        }

        if (addresses.Count == 0)
        {
            cursor.Refuse("no-validators", "Expected at least one address, found none.");
        }

        return addresses;
    }

    private static SortedDictionary<ulong, Bytes32> ReadBlocks(JsonCursor cursor)
    {
        SortedDictionary<ulong, Bytes32> blocks = [];
        foreach ((string name, JsonCursor value) in cursor.Members())
        {
            if (!new JsonNumber(name).TryGetSafeInteger(out ulong number) || name.Length == 0)
            {
                value.Refuse("bad-integer", "Expected a plain decimal block number below 2^53 as name, found other text.");
                continue;
            }

            blocks[number] = value.Hex32();
        }

        return blocks;
    }

    private static JsonObject WriteRange(ValidatorRange range) => new(
        new JsonMember("from", new JsonNumber((long)range.From)),
        new JsonMember("to", range.To is ulong to ? new JsonNumber((long)to) : new JsonNull()),
        new JsonMember("addresses", new JsonArray([.. range.Addresses.Select(a => new JsonString(a.ToLowerHex()))])));
}
