using System.Globalization;
using System.Reflection;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Contracts.Tests;

/// <summary>A made-up value of a parameter of the compiler's ABI, with its naive encoding.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Type">Its type; tuples are written out.</param>
/// <param name="Word">The value, of types that are one word.</param>
/// <param name="Items">The members of a tuple, or the items of an array; null for one word.</param>
internal sealed record AbiSample(string Name, string Type, Bytes32 Word, IReadOnlyList<AbiSample>? Items)
{
    private bool IsArray => Type.EndsWith("[]", StringComparison.Ordinal);

    private bool IsDynamic => IsArray || Type == "string";

    internal static IReadOnlyList<AbiSample> OfEach(IEnumerable<JsonObject> parameters)
    {
        int count = 0;
        return [.. parameters.Select(parameter => Of(parameter, TypeOf(parameter), ref count))];
    }

    internal static string TypeOf(JsonObject parameter)
    {
        string type = Text(parameter, "type");
        return type.StartsWith("tuple", StringComparison.Ordinal)
            ? $"({string.Join(',', Members(parameter).Select(TypeOf))}){type["tuple".Length..]}"
            : type;
    }

    /// <summary>Solidity ABI specification, "formal specification of the encoding", word by word.</summary>
    internal static byte[] Encode(IReadOnlyList<AbiSample> values)
    {
        List<byte> head = [];
        List<byte> tail = [];
        int headLength = values.Sum(value => value.IsDynamic ? 32 : value.Words().Count() * 32);
        foreach (AbiSample value in values)
        {
            if (value.IsArray)
            {
                head.AddRange(Bytes32.FromUInt64((ulong)(headLength + tail.Count)).ToArray());
                tail.AddRange(Bytes32.FromUInt64((ulong)value.Items!.Count).ToArray());
                tail.AddRange(Encode(value.Items));
            }
            else if (value.IsDynamic)
            {
                head.AddRange(Bytes32.FromUInt64((ulong)(headLength + tail.Count)).ToArray());
                tail.AddRange(Bytes32.FromUInt64((ulong)value.Word.AsSpan().TrimEnd((byte)0).Length).ToArray());
                tail.AddRange(value.Word.ToArray());
            }
            else
            {
                head.AddRange(value.Words().SelectMany(word => word.Word.ToArray()));
            }
        }

        return [.. head, .. tail];
    }

    /// <summary>The words of values, each with its name as the bindings write it.</summary>
    internal static IReadOnlyList<string> Describe(IEnumerable<AbiSample> values) =>
        [.. values.SelectMany(value => value.Words()).Select(word => $"{word.Name} {word.Word}")];

    /// <summary>The same for a record of the bindings, by its primary constructor.</summary>
    internal static IReadOnlyList<string> Describe(object record)
    {
        List<string> words = [];
        foreach (ParameterInfo parameter in Constructor(record.GetType()).GetParameters())
        {
            object value = record.GetType().GetProperty(parameter.Name!)!.GetValue(record)!;
            if (value is not EventPosition)
            {
                Describe(PlainName(parameter.Name!), value, words);
            }
        }

        return words;
    }

    /// <summary>A value of a type of the bindings, made of the next samples.</summary>
    internal static object Build(Type type, Queue<AbiSample> samples)
    {
        if (type.IsGenericType)
        {
            Type itemType = type.GetGenericArguments()[0];
            IReadOnlyList<AbiSample> items = samples.Dequeue().Items!;
            Array array = Array.CreateInstance(itemType, items.Count);
            for (int i = 0; i < items.Count; i++)
            {
                array.SetValue(Build(itemType, new Queue<AbiSample>([items[i]])), i);
            }

            return array;
        }

        if (type.IsClass)
        {
            // A record stands for a tuple, or for some parameters in a row.
            bool isTuple = samples.Peek().Items is not null && !samples.Peek().IsArray;
            Queue<AbiSample> members = isTuple ? new Queue<AbiSample>(samples.Dequeue().Items!) : samples;
            ConstructorInfo constructor = Constructor(type);
            return constructor.Invoke([.. constructor.GetParameters().Select(parameter => Build(parameter.ParameterType, members))]);
        }

        Bytes32 word = samples.Dequeue().Word;
        ulong number = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(word.AsSpan()[24..]);
        return type switch
        {
            _ when type == typeof(Bytes32) => word,
            _ when type == typeof(Address) => Address.FromBytes(word.AsSpan()[12..]),
            _ when type == typeof(bool) => number == 1,
            _ => Convert.ChangeType(number, type, CultureInfo.InvariantCulture),
        };
    }

    private static void Describe(string name, object value, List<string> words)
    {
        switch (value)
        {
            case Bytes32 word:
                words.Add($"{name} {word}");
                break;
            case Address address:
                words.Add($"{name} {Bytes32.FromBytes([.. new byte[12], .. address.ToArray()])}");
                break;
            case string text:
                words.Add($"{name} {Padded(text)}");
                break;
            case System.Collections.IEnumerable items:
                foreach (object item in items)
                {
                    Describe(name, item, words);
                }

                break;
            case ValueType number:
                words.Add($"{name} {Bytes32.FromUInt64(Convert.ToUInt64(number, CultureInfo.InvariantCulture))}");
                break;
            default:
                words.AddRange(Describe(value));
                break;
        }
    }

    // Numbers are small, so that they fit every type and enum, and differ from their neighbours.
    private static AbiSample Of(JsonObject parameter, string type, ref int count)
    {
        string name = Text(parameter, "name");
        if (type.EndsWith("[]", StringComparison.Ordinal))
        {
            string itemType = type[..^2];
            return new AbiSample(
                name, type, Bytes32.Zero, [Of(parameter, itemType, ref count), Of(parameter, itemType, ref count)]);
        }

        if (type[0] == '(')
        {
            List<AbiSample> members = [];
            foreach (JsonObject member in Members(parameter))
            {
                members.Add(Of(member, TypeOf(member), ref count));
            }

            return new AbiSample(name, type, Bytes32.Zero, members);
        }

        count++;
        Bytes32 word = type switch
        {
            "bytes32" => Keccak256.Hash($"{name} {count}"),
            "address" => Bytes32.FromBytes([.. new byte[12], .. Keccak256.Hash($"{name} {count}").AsSpan()[12..]]),
            "string" => Padded($"{name} {count}"),
            "bool" => Bytes32.FromUInt64((ulong)count % 2),
            "uint8" => Bytes32.FromUInt64(1 + ((ulong)count % 3)),
            "uint16" or "uint32" or "uint64" or "uint256" => Bytes32.FromUInt64(100 + (ulong)count),
            _ => throw new AssertFailedException($"There is no sample of {type}."),
        };
        return new AbiSample(name, type, word, null);
    }

    // A text of at most 32 bytes, as its one word of content.
    private static Bytes32 Padded(string text)
    {
        byte[] word = new byte[32];
        System.Text.Encoding.UTF8.GetBytes(text, word);
        return Bytes32.FromBytes(word);
    }

    private static ConstructorInfo Constructor(Type type) => type.GetConstructors().Single(c => c.GetParameters().Length > 0);

    private static IEnumerable<JsonObject> Members(JsonObject parameter) =>
        ((JsonArray)parameter.Find("components")!).Items.Cast<JsonObject>();

    private static string Text(JsonObject json, string name) => ((JsonString)json.Find(name)!).Value;

    // Booleans are assertions in C#: IsPerformed for performed.
    private static string PlainName(string name)
    {
        string? prefix = Array.Find(["Is", "Are", "Has"], p => name.StartsWith(p, StringComparison.Ordinal) && char.IsUpper(name[p.Length]));
        string plain = name[(prefix?.Length ?? 0)..];
        return char.ToLowerInvariant(plain[0]) + plain[1..];
    }

    // Items of an array of words are called as the array is.
    private IEnumerable<AbiSample> Words() => Items is null ? [this] : Items.SelectMany(item => item.Words());
}
