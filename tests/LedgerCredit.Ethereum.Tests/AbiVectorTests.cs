using System.Numerics;
using System.Globalization;
using System.Text.RegularExpressions;
using LedgerCredit.Ethereum.AbiCoding;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Tests;

/// <summary>Published encodings of arbitrary types, through a little type interpreter that calls the typed methods.</summary>
[TestClass]
public sealed partial class AbiVectorTests
{
    [TestMethod]
    public void EthersVectors_EncodeAndDecode_GiveEachOther()
    {
        JsonArray vectors = (JsonArray)TestJson.ReadShared("vectors", "ethers-abi-120.json");

        foreach (JsonValue vector in vectors.Items)
        {
            AbiType type = AbiType.Parse(vector.Text("type"));
            JsonValue value = vector.Member("value");
            byte[] expected = TestJson.Bytes(vector.Text("encoded"));

            AbiWriter writer = new();
            type.Write(writer, value);
            Assert.AreSequenceEqual(expected, writer.ToArray(), type.Name);

            AbiReader reader = new(expected);
            AbiWriter again = new();
            type.Copy(reader, again);
            Assert.IsTrue(reader.TryEnd(out ParseProblem? problem), $"{type.Name}: {problem}");
            Assert.AreSequenceEqual(expected, again.ToArray(), type.Name);
        }

        Assert.HasCount(120, vectors.Items);
    }

    [TestMethod]
    public void EthersVectors_EachByteChanged_AreRefusedOrReadAsAnotherValue()
    {
        JsonArray vectors = (JsonArray)TestJson.ReadShared("vectors", "ethers-abi-120.json");
        int refused = 0;

        foreach (JsonValue vector in vectors.Items)
        {
            AbiType type = AbiType.Parse(vector.Text("type"));
            byte[] encoded = TestJson.Bytes(vector.Text("encoded"));
            for (int i = 0; i < encoded.Length; i++)
            {
                byte[] changed = [.. encoded];
                changed[i] ^= 0x40;
                AbiReader reader = new(changed);
                AbiWriter again = new();
                type.Copy(reader, again);
                if (reader.TryEnd(out _))
                {
                    Assert.AreSequenceEqual(changed, again.ToArray(), $"{type.Name}, byte {i}");
                }
                else
                {
                    refused++;
                }
            }

            AbiReader cut = new(encoded.AsMemory(0, encoded.Length - 32));
            type.Copy(cut, new AbiWriter());
            Assert.IsFalse(cut.TryEnd(out _), type.Name);
            AbiReader longer = new((byte[])[.. encoded, .. new byte[32]]);
            type.Copy(longer, new AbiWriter());
            Assert.IsFalse(longer.TryEnd(out _), type.Name);
        }

        Assert.IsGreaterThan(10_000, refused);
    }

    [TestMethod]
    public void EthereumVectors_Encode_GivesThePublishedBytes()
    {
        JsonObject vectors = (JsonObject)TestJson.ReadShared("vectors", "ethereum-basic_abi_tests.json");

        foreach (JsonMember vector in vectors.Members)
        {
            JsonArray types = (JsonArray)vector.Value.Member("types");
            JsonArray arguments = (JsonArray)vector.Value.Member("args");
            AbiWriter writer = new();
            for (int i = 0; i < types.Items.Count; i++)
            {
                AbiType.Parse(((JsonString)types.Items[i]).Value).Write(writer, arguments.Items[i]);
            }

            Assert.AreEqual(vector.Value.Text("result"), Convert.ToHexStringLower(writer.ToArray()), vector.Name);
        }

        Assert.HasCount(3, vectors.Members);
    }

    private sealed partial class AbiType
    {
        private string _elementary = "";
        private AbiType? _item;
        private int? _count;
        private List<AbiType>? _members;

        public string Name { get; private init; } = "";

        private bool IsDynamic =>
            _members is not null ? _members.Exists(member => member.IsDynamic)
            : _item is not null ? _count is null || _item.IsDynamic
            : _elementary is "bytes" or "string";

        public static AbiType Parse(string text)
        {
            if (text.EndsWith(']'))
            {
                int open = text.LastIndexOf('[');
                string count = text[(open + 1)..^1];
                return new AbiType
                {
                    Name = text,
                    _item = Parse(text[..open]),
                    _count = count.Length == 0 ? null : int.Parse(count, CultureInfo.InvariantCulture),
                };
            }

            return text.StartsWith('(')
                ? new AbiType { Name = text, _members = [.. SplitMembers(text[1..^1]).Select(Parse)] }
                : new AbiType { Name = text, _elementary = text };
        }

        public void Write(AbiWriter writer, JsonValue value)
        {
            if (_members is null && _item is null)
            {
                WriteElementary(writer, value);
                return;
            }

            IReadOnlyList<JsonValue> values = ((JsonArray)value).Items;
            AbiWriter target = IsDynamic ? new AbiWriter() : writer;
            for (int i = 0; i < values.Count; i++)
            {
                (_members?[i] ?? _item!).Write(target, values[i]);
            }

            Close(writer, target, values.Count);
        }

        public void Copy(AbiReader reader, AbiWriter writer)
        {
            if (_members is null && _item is null)
            {
                CopyElementary(reader, writer);
                return;
            }

            AbiWriter target = IsDynamic ? new AbiWriter() : writer;
            int count = _members?.Count ?? _count ?? 0;
            AbiReader source = !IsDynamic ? reader
                : _item is not null && _count is null ? reader.ReadArray(1000, out count)
                : reader.ReadDynamicTuple();
            for (int i = 0; i < count; i++)
            {
                (_members?[i] ?? _item!).Copy(source, target);
            }

            if (IsDynamic)
            {
                source.EndMembers();
            }

            Close(writer, target, count);
        }

        private void Close(AbiWriter writer, AbiWriter target, int count)
        {
            if (_item is not null && _count is null)
            {
                writer.WriteArray(count, target);
            }
            else if (IsDynamic)
            {
                writer.WriteDynamicTuple(target);
            }
        }

        private (string Kind, int Size) Elementary()
        {
            Match match = TypeName().Match(_elementary);
            string digits = match.Groups[2].Value;
            int size = digits.Length == 0 ? 256 : int.Parse(digits, CultureInfo.InvariantCulture);
            return (match.Groups[1].Value == "bytes" && digits.Length > 0 ? "bytesN" : match.Groups[1].Value, size);
        }

        private void WriteElementary(AbiWriter writer, JsonValue value)
        {
            (string kind, int size) = Elementary();
            string text = value switch
            {
                JsonString s => s.Value,
                JsonNumber n => n.Text,
                JsonBoolean b => b.Value ? "true" : "false",
                _ => throw new InvalidDataException(value.TypeName),
            };
            switch (kind)
            {
                case "uint":
                    writer.WriteUInt(BigInteger.Parse(text, CultureInfo.InvariantCulture), size);
                    break;
                case "int":
                    writer.WriteInt(BigInteger.Parse(text, CultureInfo.InvariantCulture), size);
                    break;
                case "bool":
                    writer.WriteBool(text == "true");
                    break;
                case "address":
                    Assert.IsTrue(Address.TryParse(text, out Address address), text);
                    writer.WriteAddress(address);
                    break;
                case "bytesN":
                    byte[] bytes = text.StartsWith("0x", StringComparison.Ordinal) ? TestJson.Bytes(text) : System.Text.Encoding.ASCII.GetBytes(text);
                    writer.WriteFixedBytes([.. bytes, .. new byte[size - bytes.Length]]);
                    break;
                case "bytes":
                    writer.WriteBytes(text.StartsWith("0x", StringComparison.Ordinal) ? TestJson.Bytes(text) : System.Text.Encoding.ASCII.GetBytes(text));
                    break;
                case "string":
                    writer.WriteString(text);
                    break;
                default:
                    throw new InvalidDataException(_elementary);
            }
        }

        private void CopyElementary(AbiReader reader, AbiWriter writer)
        {
            (string kind, int size) = Elementary();
            _ = kind switch
            {
                "uint" => writer.WriteUInt(reader.ReadUInt(size), size),
                "int" => writer.WriteInt(reader.ReadInt(size), size),
                "bool" => writer.WriteBool(reader.ReadBool()),
                "address" => writer.WriteAddress(reader.ReadAddress()),
                "bytesN" => writer.WriteFixedBytes(reader.ReadFixedBytes(size)),
                "bytes" => writer.WriteBytes(reader.ReadBytes(10_000)),
                "string" => writer.WriteString(reader.ReadString(10_000)),
                _ => throw new InvalidDataException(_elementary),
            };
        }

        private static IEnumerable<string> SplitMembers(string text)
        {
            int depth = 0;
            int start = 0;
            for (int i = 0; i < text.Length; i++)
            {
                depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
                if (text[i] == ',' && depth == 0)
                {
                    yield return text[start..i];
                    start = i + 1;
                }
            }

            yield return text[start..];
        }

        [GeneratedRegex("^([a-z]+)([0-9]*)$")]
        private static partial Regex TypeName();
    }
}
