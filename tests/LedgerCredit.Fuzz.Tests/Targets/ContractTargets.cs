using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Contracts;
using LedgerCredit.Contracts.Tests;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>Events, errors and call data of the contracts.</summary>
internal static class ContractTargets
{
    private static readonly Bytes32 Hash = Keccak256.Hash("block");

    private delegate bool TryDecode<TEvent>(LogEvent log, [NotNullWhen(true)] out TEvent? decoded);

    public static IEnumerable<FuzzTarget> Make()
    {
        yield return Events<ConsortiumEvent>("events-consortium", ConsortiumContract.Name, ConsortiumContract.TryDecodeEvent);
        yield return Events<RulePackEvent>("events-rule-packs", RulePacksContract.Name, RulePacksContract.TryDecodeEvent);
        yield return Events<RepairDeskEvent>("events-repair-desk", RepairDeskContract.Name, RepairDeskContract.TryDecodeEvent);
        yield return Events<AnchoredEvent>("events-evidence-log", EvidenceLogContract.Name, EvidenceLogContract.TryDecodeAnchored);
        yield return new FuzzTarget("contract-errors", InputForm.Words, [.. Errors()], ParseError);

        byte[] anchor = EvidenceLogContract.EncodeAnchor(Hash, 9, Hash, [Hash, Hash]);
        yield return new FuzzTarget("anchor-call", InputForm.Words, [anchor], ParseAnchor);
    }

    private static IEnumerable<JsonObject> Entries(string contract, string type) =>
        ((JsonArray)ContractBuild.Read(contract).Find("abi")!).Items.Cast<JsonObject>().Where(entry => Text(entry, "type") == type);

    private static List<JsonObject> Inputs(JsonObject entry) => [.. ((JsonArray)entry.Find("inputs")!).Items.Cast<JsonObject>()];

    private static string Text(JsonObject json, string name) => ((JsonString)json.Find(name)!).Value;

    private static string Signature(JsonObject entry) => $"{Text(entry, "name")}({string.Join(',', Inputs(entry).Select(AbiSample.TypeOf))})";

    // An input is a byte that counts the topics, the topics, and the data.
    private static FuzzTarget Events<TEvent>(string name, string contract, TryDecode<TEvent> tryDecode)
        where TEvent : class
    {
        List<byte[]> seeds = [];
        foreach (JsonObject entry in Entries(contract, "event"))
        {
            List<JsonObject> parameters = Inputs(entry);
            IReadOnlyList<AbiSample> samples = AbiSample.OfEach(parameters);
            int indexed = parameters.Count(parameter => parameter.Find("indexed") is JsonBoolean { Value: true });
            byte[] topics = [.. Keccak256.Hash(Signature(entry)).ToArray(), .. samples.Take(indexed).SelectMany(sample => sample.Word.ToArray())];
            byte[] seed = [(byte)(1 + indexed), .. topics, .. AbiSample.Encode([.. samples.Skip(indexed)])];
            if (tryDecode(ToLog(seed), out _))
            {
                seeds.Add(seed);
            }
        }

        return new FuzzTarget(name, InputForm.Words, seeds, input => ParseEvent(input, tryDecode)) { BytesPerByte = 1024 };
    }

    private static LogEvent ToLog(byte[] input)
    {
        int count = input.Length == 0 ? 0 : Math.Min(Math.Min(input[0], (byte)4), (input.Length - 1) / Bytes32.Length);
        Bytes32[] topics = [.. Enumerable.Range(0, count).Select(i => Bytes32.FromBytes(input.AsSpan(1 + (i * Bytes32.Length), Bytes32.Length)))];
        return new LogEvent(Address.Zero, topics, input.AsMemory(Math.Min(1 + (count * Bytes32.Length), input.Length)), 9, Hash, Hash, 3);
    }

    // An event without texts and arrays is nothing but its values: none may be lost, changed or made up.
    private static FuzzResult ParseEvent<TEvent>(byte[] input, TryDecode<TEvent> tryDecode)
        where TEvent : class
    {
        LogEvent log = ToLog(input);
        if (!tryDecode(log, out TEvent? decoded))
        {
            return FuzzResult.RefusedWithoutReason;
        }

        return FuzzResult.Accepted(() =>
        {
            if (decoded is AnchoredEvent anchored)
            {
                return anchored.LogId == log.Topics[1] && anchored.Root == log.Topics[2] ? null : "The event says something else than its topics.";
            }

            // Texts and lists are written by their lengths; what is read of them is the business of the target 'abi'.
            if (decoded.GetType().GetProperties().Any(property => property.PropertyType == typeof(string) || property.PropertyType.IsGenericType))
            {
                return null;
            }

            int words = log.Data.Length / Bytes32.Length;
            IEnumerable<Bytes32> data = Enumerable.Range(0, words).Select(i => Bytes32.FromBytes(log.Data.Span.Slice(i * Bytes32.Length, Bytes32.Length)));
            IEnumerable<string> given = log.Topics.Skip(1).Concat(data).Select(word => word.ToString());
            IEnumerable<string> read = AbiSample.Describe(decoded).Select(line => line[(line.LastIndexOf(' ') + 1)..]);
            return given.Order(StringComparer.Ordinal).SequenceEqual(read.Order(StringComparer.Ordinal)) ? null : $"The values of {decoded} are not those of the event.";
        });
    }

    private static IEnumerable<byte[]> Errors()
    {
        foreach (string contract in (string[])[ConsortiumContract.Name, RulePacksContract.Name, RepairDeskContract.Name, EvidenceLogContract.Name])
        {
            foreach (JsonObject entry in Entries(contract, "error"))
            {
                byte[] seed = [.. AbiSelector.FromSignature(Signature(entry)).ToArray(), .. AbiSample.Encode(AbiSample.OfEach(Inputs(entry)))];
                if (ContractErrors.TryDecode(seed, out _))
                {
                    yield return seed;
                }
            }
        }

        yield return [.. AbiSelector.FromSignature("Error(string)").ToArray(), .. new AbiWriter().WriteString("no \u0007").ToArray()];
        yield return [.. AbiSelector.FromSignature("Panic(uint256)").ToArray(), .. Bytes32.FromUInt64(17).ToArray()];
    }

    private static FuzzResult ParseError(byte[] input) => ContractErrors.TryDecode(input, out ContractError? error)
        ? FuzzResult.Accepted(() => error.ToString().Any(char.IsControl) ? "An error shows control characters." : null)
        : FuzzResult.RefusedWithoutReason;

    private static FuzzResult ParseAnchor(byte[] input) => EvidenceLogContract.TryDecodeAnchor(input, out AnchorCall? call)
        ? FuzzResult.WritesBack(input, () => EvidenceLogContract.EncodeAnchor(call.LogId, call.TreeSize, call.Root, call.ConsistencyProof))
        : FuzzResult.RefusedWithoutReason;
}
