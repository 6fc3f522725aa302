using System.Reflection;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Contracts.Tests;

/// <summary>Holds the hand-written bindings against the compiler's ABI.</summary>
[TestClass]
public sealed class ContractBuildTests
{
    [TestMethod]
    [DataRow(typeof(ConsortiumContract), ConsortiumContract.Name)]
    [DataRow(typeof(EvidenceLogContract), EvidenceLogContract.Name)]
    public void Selectors_EachOfTheBinding_IsAFunctionOfTheContract(Type binding, string contract)
    {
        Dictionary<AbiSelector, string> functions = Entries(contract, "function")
            .ToDictionary(entry => AbiSelector.FromSignature(Signature(entry)), Signature);
        List<FieldInfo> fields = [.. binding.GetFields(BindingFlags.NonPublic | BindingFlags.Static).Where(f => f.FieldType == typeof(AbiSelector))];

        foreach (FieldInfo field in fields)
        {
            AbiSelector selector = (AbiSelector)field.GetValue(null)!;
            Assert.IsTrue(functions.TryGetValue(selector, out string? signature), $"{contract}.{field.Name}");
            Assert.AreEqual(field.Name, char.ToUpperInvariant(signature[0]) + signature[1..signature.IndexOf('(', StringComparison.Ordinal)], ignoreCase: true);
        }

        Assert.IsGreaterThan(5, fields.Count);
    }

    [TestMethod]
    public void AnchoredTopic_IsThatOfTheEvent()
    {
        JsonObject anchored = Entries(EvidenceLogContract.Name, "event").Single();

        Assert.AreEqual(Keccak256.Hash(Signature(anchored)), EvidenceLogContract.AnchoredTopic);
        string[] indexed = [.. Inputs(anchored).Where(i => i.Find("indexed") is JsonBoolean { Value: true }).Select(i => Text(i, "name"))];
        Assert.AreSequenceEqual(new[] { "logId", "root" }, indexed);
    }

    [TestMethod]
    public void TryDecode_EveryErrorOfTheContracts_GivesItsNameAndValues()
    {
        int count = 0;
        foreach (string contract in (string[])[ConsortiumContract.Name, EvidenceLogContract.Name, RulePacksContract.Name, RepairDeskContract.Name])
        {
            foreach (JsonObject entry in Entries(contract, "error"))
            {
                List<string> expected = [];
                byte[] revertData = Encode(entry, expected);

                Assert.IsTrue(ContractErrors.TryDecode(revertData, out ContractError? error), Signature(entry));
                Assert.AreEqual(Text(entry, "name"), error.Name);
                Assert.AreSequenceEqual(Inputs(entry).Select(input => Text(input, "name")), error.Values.Select(value => value.Name));
                Assert.AreSequenceEqual(expected, error.Values.Select(value => value.Value));
                Assert.IsFalse(ContractErrors.TryDecode((byte[])[.. revertData, 0], out _), "A byte more is another form.");
                count++;
            }
        }

        Assert.AreEqual(84, count);
    }

    [TestMethod]
    public void TryDecode_ErrorsOfTheCompiler_AreNamed()
    {
        byte[] text = new AbiWriter().WriteString("no\u001b[31m way").ToCallData(AbiSelector.FromSignature("Error(string)"));
        byte[] panic = new AbiWriter().WriteUInt64(0x11).ToCallData(AbiSelector.FromSignature("Panic(uint256)"));

        Assert.IsTrue(ContractErrors.TryDecode(text, out ContractError? error));
        Assert.AreEqual("Error(message: no [31m way)", error.ToString());
        Assert.IsTrue(ContractErrors.TryDecode(panic, out error));
        Assert.AreEqual("Panic(code: 17)", error.ToString());
        Assert.AreEqual("0x08c379a0", AbiSelector.FromSignature("Error(string)").ToString());
        Assert.AreEqual("0x4e487b71", AbiSelector.FromSignature("Panic(uint256)").ToString());
    }

    [TestMethod]
    [DataRow("", "The contract refused the call without saying why.")]
    [DataRow("01020304ff", "The contract refused the call with unknown data of 5 bytes, beginning 0x01020304.")]
    public void ContractRevertException_UnknownData_SaysSo(string hex, string message)
    {
        ContractRevertException exception = new(Convert.FromHexString(hex), null);

        Assert.AreEqual(message, exception.Message);
        Assert.IsNull(exception.Error);
    }

    [TestMethod]
    public void EvidenceLog_StorageLayout_HasTheAnchorsAtSlotZero()
    {
        JsonObject layout = (JsonObject)ContractBuild.Read(EvidenceLogContract.Name).Find("storageLayout")!;
        JsonObject anchors = ((JsonArray)layout.Find("storage")!).Items.Cast<JsonObject>().Single(v => Text(v, "label") == "_anchors");

        Assert.AreEqual("0", Text(anchors, "slot"));
        Assert.AreEqual("t_mapping(t_bytes32,t_mapping(t_bytes32,t_struct(Anchor)_storage))", Text(anchors, "type"));
        JsonArray members = (JsonArray)((JsonObject)((JsonObject)layout.Find("types")!).Find("t_struct(Anchor)_storage")!).Find("members")!;
        Assert.AreSequenceEqual(new[] { "treeSize", "anchoredAt" }, members.Items.Cast<JsonObject>().Select(member => Text(member, "label")));
    }

    [TestMethod]
    public void Roles_EachName_IsReadBackAndHasItsBit()
    {
        Assert.IsFalse(ConsortiumRoles.TryParse("none", out _));
        Assert.IsFalse(ConsortiumRoles.TryParse(null, out _));
        Assert.AreEqual(0x00fe, ConsortiumRoles.ToBitmap(ConsortiumRoles.FromBitmap(ushort.MaxValue)));
        foreach (ConsortiumRole role in ConsortiumRoles.FromBitmap(0x00fe))
        {
            Assert.IsTrue(ConsortiumRoles.TryParse(ConsortiumRoles.ToName(role), out ConsortiumRole parsed));
            Assert.AreEqual(role, parsed);
            Assert.AreEqual(1 << (int)role, ConsortiumRoles.ToBitmap([role]));
        }
    }

    private static byte[] Encode(JsonObject error, List<string> values)
    {
        AbiWriter writer = new();
        ulong number = 100;
        foreach (JsonObject input in Inputs(error))
        {
            number++;
            string type = Text(input, "type");
            switch (type)
            {
                case "bytes32":
                    writer.WriteBytes32(Bytes32.FromUInt64(number));
                    values.Add(Bytes32.FromUInt64(number).ToString());
                    break;
                case "address":
                    Address address = Address.FromBytes(Bytes32.FromUInt64(number).AsSpan()[12..]);
                    writer.WriteAddress(address);
                    values.Add(address.ToString());
                    break;
                case "string":
                    writer.WriteString("text");
                    values.Add("text");
                    break;
                case "tuple":
                    List<string> members = [];
                    foreach (JsonObject member in ((JsonArray)input.Find("components")!).Items.Cast<JsonObject>())
                    {
                        Assert.AreEqual("bool", Text(member, "type"));
                        bool holds = members.Count % 3 == 0;
                        writer.WriteBool(holds);
                        members.Add($"{Text(member, "name")}: {(holds ? "true" : "false")}");
                    }

                    values.Add($"({string.Join(", ", members)})");
                    break;
                default:
                    Assert.StartsWith("uint", type);
                    writer.WriteUInt64(number);
                    values.Add(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    break;
            }
        }

        return writer.ToCallData(AbiSelector.FromSignature(Signature(error)));
    }

    private static IEnumerable<JsonObject> Entries(string contract, string type) =>
        ((JsonArray)ContractBuild.Read(contract).Find("abi")!).Items.Cast<JsonObject>().Where(entry => Text(entry, "type") == type);

    private static string Signature(JsonObject entry) =>
        $"{Text(entry, "name")}({string.Join(',', Inputs(entry).Select(AbiSample.TypeOf))})";

    private static IEnumerable<JsonObject> Inputs(JsonObject entry) => ((JsonArray)entry.Find("inputs")!).Items.Cast<JsonObject>();

    private static string Text(JsonObject json, string name) => ((JsonString)json.Find(name)!).Value;
}
