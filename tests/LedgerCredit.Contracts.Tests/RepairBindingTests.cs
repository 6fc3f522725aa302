using System.Reflection;
using System.Text.RegularExpressions;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Contracts.Tests;

/// <summary>Holds the bindings of rule packs and repair desk against the compiler's ABI: every function, event and enum.</summary>
[TestClass]
public sealed partial class RepairBindingTests
{
    private static readonly EventPosition Position = new(7, Keccak256.Hash("block"), Keccak256.Hash("transaction"), 3);

    [TestMethod]
    [DataRow(typeof(RulePacksContract), RulePacksContract.Name, 12)]
    [DataRow(typeof(RepairDeskContract), RepairDeskContract.Name, 33)]
    public void Selectors_EveryFunctionOfTheContract_IsInTheBinding(Type binding, string contract, int count)
    {
        Dictionary<string, AbiSelector> selectors = binding.GetFields(BindingFlags.NonPublic | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(AbiSelector))
            .ToDictionary(field => field.Name.ToUpperInvariant(), field => (AbiSelector)field.GetValue(null)!);

        foreach (JsonObject function in Entries(contract, "function"))
        {
            string name = Text(function, "name");
            Assert.IsTrue(selectors.Remove(name.ToUpperInvariant(), out AbiSelector selector), name);
            Assert.AreEqual(AbiSelector.FromSignature(Signature(function)), selector, name);
            count--;
        }

        Assert.AreEqual(0, count);
        Assert.IsEmpty(selectors);
    }

    [TestMethod]
    [DataRow(typeof(RulePacksContract), RulePacksContract.Name, 2)]
    [DataRow(typeof(RepairDeskContract), RepairDeskContract.Name, 19)]
    public void Encode_EveryFunctionThatIsSent_WritesTheNaiveEncoding(Type binding, string contract, int count)
    {
        List<string> encoders = [.. binding.GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name)
            .Where(name => name.StartsWith("Encode", StringComparison.Ordinal) && name != "EncodeDeployment")];

        foreach (JsonObject function in Entries(contract, "function").Where(entry => Text(entry, "stateMutability") == "nonpayable"))
        {
            string name = Text(function, "name");
            IReadOnlyList<AbiSample> samples = AbiSample.OfEach(Parameters(function, "inputs"));
            Queue<AbiSample> left = new(samples);
            MethodInfo encoder = binding.GetMethod($"Encode{char.ToUpperInvariant(name[0])}{name[1..]}")!;
            object?[] arguments = [.. encoder.GetParameters().Select(parameter => AbiSample.Build(parameter.ParameterType, left))];
            Assert.IsEmpty(left, name);

            byte[] callData = (byte[])encoder.Invoke(null, arguments)!;

            byte[] expected = [.. AbiSelector.FromSignature(Signature(function)).ToArray(), .. AbiSample.Encode(samples)];
            Assert.AreEqual(Hex.Encode(expected), Hex.Encode(callData), name);
            Assert.IsTrue(encoders.Remove(encoder.Name));
            count--;
        }

        Assert.AreEqual(0, count);
        Assert.IsEmpty(encoders);
    }

    [TestMethod]
    [DataRow(RulePacksContract.Name, "packOf", typeof(RulePackParameters))]
    [DataRow(RulePacksContract.Name, "rulesOf", typeof(RulePackRules))]
    [DataRow(RepairDeskContract.Name, "caseOf", typeof(RepairCase))]
    [DataRow(RepairDeskContract.Name, "conditions", typeof(RepairConditions))]
    [DataRow(RepairDeskContract.Name, "partOf", typeof(RepairPart))]
    [DataRow(RepairDeskContract.Name, "status", typeof(SanctionStatus))]
    public void Read_TupleOfAView_HasEveryMemberInItsPlace(string contract, string view, Type record)
    {
        JsonObject function = Entries(contract, "function").Single(entry => Text(entry, "name") == view);
        IReadOnlyList<AbiSample> samples = AbiSample.OfEach(Parameters(function, "outputs"));
        AbiReader reader = new(AbiSample.Encode(samples));

        object read = record.GetMethod("Read", BindingFlags.NonPublic | BindingFlags.Static)!.Invoke(null, [reader])!;

        Assert.IsTrue(reader.TryEnd(out _));
        Assert.AreSequenceEqual(AbiSample.Describe(samples), AbiSample.Describe(read));
    }

    [TestMethod]
    public void TryDecodeEvent_EveryEventOfTheConsortium_HasEveryValueInItsPlace()
    {
        CheckEvents<ConsortiumEvent>(
            ConsortiumContract.Name, 13, ConsortiumEventForms.Decoder.Topics, ConsortiumContract.TryDecodeEvent, e => e.Position);
    }

    [TestMethod]
    public void TryDecodeEvent_ByTheOtherContracts_IsRefused()
    {
        Bytes32[][] topics =
        [
            [.. ConsortiumEventForms.Decoder.Topics], [.. RulePacksContract.Events.Topics], [.. RepairDeskEventForms.Decoder.Topics],
        ];

        Assert.HasCount(13 + 2 + 26, topics.SelectMany(topic => topic).Distinct());
    }

    [TestMethod]
    public void EventTopics_EachOne_IsThatOfAnEvent()
    {
        HashSet<Bytes32> known = [.. ConsortiumEventForms.Decoder.Topics, .. RepairDeskEventForms.Decoder.Topics];

        foreach (PropertyInfo topic in typeof(EventTopics).GetProperties())
        {
            Assert.Contains((Bytes32)topic.GetValue(null)!, known, topic.Name);
            Assert.StartsWith(topic.Name + "(", (string)typeof(EventTopics).GetField(topic.Name + "Signature", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!);
        }
    }

    [TestMethod]
    public void TryDecodeEvent_EveryEventOfRulePacks_HasEveryValueInItsPlace()
    {
        CheckEvents<RulePackEvent>(RulePacksContract.Name, 2, RulePacksContract.Events.Topics, RulePacksContract.TryDecodeEvent, e => e.Position);
    }

    [TestMethod]
    public void TryDecodeEvent_EveryEventOfTheRepairDesk_HasEveryValueInItsPlace()
    {
        CheckEvents<RepairDeskEvent>(
            RepairDeskContract.Name, 26, RepairDeskEventForms.Decoder.Topics, RepairDeskContract.TryDecodeEvent, e => e.Position);
    }

    [TestMethod]
    public void TryDecodeEvent_StateThatDoesNotExist_IsRefused()
    {
        Bytes32 topic = Keccak256.Hash("StatusChanged(bytes32,uint8,uint8)");

        Assert.IsTrue(RepairDeskContract.TryDecodeEvent(Log([topic, Bytes32.Zero], Words(5, 5)), out _));
        Assert.IsFalse(RepairDeskContract.TryDecodeEvent(Log([topic, Bytes32.Zero], Words(6, 5)), out _));
        Assert.IsFalse(RepairDeskContract.TryDecodeEvent(Log([topic, Bytes32.Zero], Words(5, 6)), out _));
    }

    [TestMethod]
    public void TryDecodeEvent_MoreMaterialsThanData_IsRefusedWithoutReservingThem()
    {
        Bytes32 topic = Keccak256.Hash("MaterialsSubmitted(uint256,address,(uint8,bytes32)[],bytes32,uint64)");

        Assert.IsTrue(RepairDeskContract.TryDecodeEvent(Log([topic, Bytes32.Zero], Words(0, 128, 0, 0, 0)), out _));
        Assert.IsFalse(RepairDeskContract.TryDecodeEvent(Log([topic, Bytes32.Zero], Words(0, 128, 0, 0, int.MaxValue)), out _));
        Assert.IsFalse(RepairDeskContract.TryDecodeEvent(Log([topic, Bytes32.Zero], Words(0, 128, 0, 0, 1, 1)), out _));
    }

    [TestMethod]
    public void TryDecodeEvent_NoTopic_IsNoEvent()
    {
        Assert.IsFalse(RepairDeskContract.TryDecodeEvent(Log([], []), out _));
        Assert.IsFalse(RulePacksContract.TryDecodeEvent(Log([], []), out _));
    }

    [TestMethod]
    [DataRow("SanctionState", typeof(SanctionState))]
    [DataRow("CaseState", typeof(RepairCaseState))]
    [DataRow("ObjectionState", typeof(ObjectionState))]
    public void Enum_OfTheInterface_HasTheSameMembersInTheSameOrder(string name, Type type)
    {
        string source = File.ReadAllText(RepositoryFiles.Path("contracts", "src", "interfaces", "IRepairDesk.sol"));
        string members = EnumPattern().Matches(source).Single(match => match.Groups["name"].Value == name).Groups["members"].Value;

        Assert.AreSequenceEqual(
            members.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), Enum.GetNames(type));
        Assert.AreSequenceEqual(
            Enumerable.Range(0, Enum.GetNames(type).Length), Enum.GetValues(type).Cast<byte>().Select(value => (int)value));
    }

    [TestMethod]
    public void AllHold_AnyConditionMissing_IsFalse()
    {
        bool[] all = [.. Enumerable.Repeat(true, 11)];

        Assert.IsTrue(Conditions(all).AllHold);
        for (int i = 0; i < all.Length; i++)
        {
            Assert.IsFalse(Conditions([.. all[..i], false, .. all[(i + 1)..]]).AllHold, $"C{i + 1}");
        }

        static RepairConditions Conditions(bool[] hold) => RepairConditions.Read(new AbiReader(Words([.. hold.Select(h => h ? 1UL : 0UL)])));
    }

    [TestMethod]
    public void RepairDesk_StorageLayout_HasThePackedStatusAtSlotZero()
    {
        JsonObject layout = (JsonObject)ContractBuild.Read(RepairDeskContract.Name).Find("storageLayout")!;
        JsonObject status = ((JsonArray)layout.Find("storage")!).Items.Cast<JsonObject>().Single(v => Text(v, "label") == "_status");
        JsonObject types = (JsonObject)layout.Find("types")!;
        JsonObject packed = (JsonObject)types.Find("t_struct(Status)_storage")!;

        Assert.AreEqual("0", Text(status, "slot"));
        Assert.AreEqual("t_mapping(t_bytes32,t_struct(Status)_storage)", Text(status, "type"));
        Assert.AreEqual("32", Text(packed, "numberOfBytes"));

        // Bits 0-7, 8-71 and 72-79 of the word.
        Assert.AreSequenceEqual(
            new[] { "state 0 +0 of 1 bytes", "changedAt 0 +1 of 8 bytes", "returnTo 0 +9 of 1 bytes" },
            ((JsonArray)packed.Find("members")!).Items.Cast<JsonObject>().Select(member =>
                $"{Text(member, "label")} {Text(member, "slot")} +{((JsonNumber)member.Find("offset")!).Text} of "
                + $"{Text((JsonObject)types.Find(Text(member, "type"))!, "numberOfBytes")} bytes"));
    }

    private delegate bool TryDecode<TEvent>(LogEvent log, out TEvent? decoded);

    private static void CheckEvents<TEvent>(
        string contract, int count, IReadOnlyCollection<Bytes32> topics, TryDecode<TEvent> tryDecode, Func<TEvent, EventPosition> position)
        where TEvent : class
    {
        foreach (JsonObject entry in Entries(contract, "event"))
        {
            string signature = Signature(entry);
            List<JsonObject> parameters = [.. Parameters(entry, "inputs")];
            IReadOnlyList<AbiSample> samples = AbiSample.OfEach(parameters);
            int indexed = parameters.Count(parameter => parameter.Find("indexed") is JsonBoolean { Value: true });
            Bytes32[] logTopics = [Keccak256.Hash(signature), .. samples.Take(indexed).Select(sample => sample.Word)];
            byte[] data = AbiSample.Encode([.. samples.Skip(indexed)]);

            Assert.IsTrue(tryDecode(Log(logTopics, data), out TEvent? decoded), signature);
            Assert.AreEqual($"{Text(entry, "name")}Event", decoded!.GetType().Name);
            Assert.IsTrue(decoded.GetType().IsSealed);
            Assert.AreEqual(Position, position(decoded));
            Assert.AreSequenceEqual(AbiSample.Describe(samples), AbiSample.Describe(decoded));

            Assert.IsFalse(tryDecode(Log([.. logTopics, Bytes32.Zero], data), out _), signature);
            Assert.IsFalse(tryDecode(Log(logTopics[..^1], data), out _), signature);
            Assert.IsFalse(tryDecode(Log(logTopics, [.. data, .. new byte[32]]), out _), signature);
            Assert.IsFalse(tryDecode(Log(logTopics, [.. data, 0]), out _), signature);
            Assert.Contains(logTopics[0], topics);
            count--;
        }

        Assert.AreEqual(0, count);
        Assert.HasCount(Entries(contract, "event").Count(), topics);
    }

    private static LogEvent Log(IReadOnlyList<Bytes32> topics, byte[] data) => new(
        Address.Zero, topics, data, Position.BlockNumber, Position.BlockHash, Position.TransactionHash, Position.LogIndex);

    private static byte[] Words(params ulong[] numbers) => [.. numbers.SelectMany(number => Bytes32.FromUInt64(number).ToArray())];

    private static IEnumerable<JsonObject> Entries(string contract, string type) =>
        ((JsonArray)ContractBuild.Read(contract).Find("abi")!).Items.Cast<JsonObject>().Where(entry => Text(entry, "type") == type);

    private static string Signature(JsonObject entry) =>
        $"{Text(entry, "name")}({string.Join(',', Parameters(entry, "inputs").Select(AbiSample.TypeOf))})";

    private static IEnumerable<JsonObject> Parameters(JsonObject entry, string member) =>
        ((JsonArray)entry.Find(member)!).Items.Cast<JsonObject>();

    private static string Text(JsonObject json, string name) => ((JsonString)json.Find(name)!).Value;

    [GeneratedRegex(@"enum (?<name>\w+) \{(?<members>[^}]*)\}")]
    private static partial Regex EnumPattern();
}
