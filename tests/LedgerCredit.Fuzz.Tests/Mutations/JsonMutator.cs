using System.Text;
using System.Text.Json;

namespace LedgerCredit.Fuzz.Tests.Mutations;

/// <summary>Changes JSON texts member by member and value by value; the result may have a member twice, or be no JSON.</summary>
internal static class JsonMutator
{
    private const int MaxDepth = 200;

    private static readonly string[] Scalars =
    [
        "0", "-0", "1", "-1", "1.0", "1e0", "1E2", "0.1", "1.10", "5e-324", "1e400", "-1e400", "1e-400", "1e999999999", "9007199254740991", "9007199254740992",
        "9007199254740993", "18446744073709551615", "18446744073709551616", "01", "+1", ".5", "1.", "NaN", "true", "false", "null", "{}", "[]", "\"\"", "\"0x\"",
        "\"0x0\"", "\"0x00\"", "\"0xFF\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\u202e\"", "\"1970-01-01\"", "\"9999-12-31\"", "\"2026-02-30\"",
        "\"AAAA\"", "\"AA==\"", "\"AB==\"", "\"a+b\"", "\"-1\"", "\"1e5\"", "\"99999999999999999999.99\"", "\"\\n\"", "\"\u2028\"", "\"\\\"", "\"",
    ];

    private static readonly string[] InsideStrings = ["\\u0061", "\\/", "\\n", "\\u0000", "\\udc00", "\\ud83d\\ude00", "\t", "é", "中", "😀", "\u202E", " ", "0", "00", "=", "+", "/", "-", "_"];

    private static readonly int[] Depths = [2, 7, 8, 14, 15, 16, 17, 31, 32, 33, 255, 256, 257, 3_000, 60_000];

    /// <summary>One change, or null where the text is no JSON.</summary>
    public static byte[]? Change(byte[] input, byte[] other, FuzzRandom random)
    {
        List<Part> parts = Scan(input);
        if (parts.Count == 0)
        {
            return null;
        }

        Part part = random.Pick(parts);
        switch (random.Next(12))
        {
            case 0:
                return Remove(input, part);
            case 1:
                return ByteMutator.Insert(input, part.End, [(byte)',', .. input[part.Start..part.End]]);
            case 2 or 3:
                return Replace(input, part.ValueStart, part.End, Encoding.UTF8.GetBytes(random.Pick(Scalars)));
            case 4:
                List<Part> otherParts = Scan(other);
                Part source = random.Pick(otherParts);
                return Replace(input, part.ValueStart, part.End, other.AsSpan(source.ValueStart, source.End - source.ValueStart));
            case 5:
                return Nest(input, part, random);
            case 6:
                return AddMember(input, parts, random);
            case 7:
                return Swap(input, part, random.Pick(parts));
            case 8:
                return Many(input, part, random);
            case 9:
                return ByteMutator.Insert(input, random.OneIn(2) ? part.ValueStart : part.End, Encoding.ASCII.GetBytes(random.Pick([" ", "\n", "\t ", "\r\n", "/**/", ","])));
            case 10 when part.IsMember:
                return Rename(input, part, random);
            default:
                return ChangeScalar(input, part, random);
        }
    }

    // Values with their names, innermost first; as far as the text is JSON.
    private static List<Part> Scan(byte[] input)
    {
        List<Part> parts = [];
        Stack<(int Start, int ValueStart, bool IsMember)> open = [];
        Utf8JsonReader reader = new(input, new JsonReaderOptions { MaxDepth = MaxDepth });
        int nameStart = -1;
        try
        {
            while (reader.Read())
            {
                int start = (int)reader.TokenStartIndex;
                int end = (int)reader.BytesConsumed;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        nameStart = start;
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push((nameStart < 0 ? start : nameStart, start, nameStart >= 0));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        (int partStart, int valueStart, bool isMember) = open.Pop();
                        parts.Add(new Part(partStart, valueStart, end, isMember));
                        break;
                    default:
                        parts.Add(new Part(nameStart < 0 ? start : nameStart, start, end, nameStart >= 0));
                        break;
                }

                nameStart = -1;
            }
        }
        catch (JsonException)
        {
            // What was whole so far can be changed.
        }

        return parts;
    }

    private static byte[] Replace(byte[] input, int start, int end, ReadOnlySpan<byte> with) => [.. input.AsSpan(0, start), .. with, .. input.AsSpan(end)];

    // With the comma behind it, or else the one in front.
    private static byte[] Remove(byte[] input, Part part)
    {
        int end = part.End;
        while (end < input.Length && input[end] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            end++;
        }

        if (end < input.Length && input[end] == ',')
        {
            return Replace(input, part.Start, end + 1, []);
        }

        int comma = input.AsSpan(0, part.Start).TrimEnd(" \n\r\t"u8).Length - 1;
        return Replace(input, comma >= 0 && input[comma] == ',' ? comma : part.Start, part.End, []);
    }

    private static byte[] Nest(byte[] input, Part part, FuzzRandom random)
    {
        int depth = random.OneIn(3) ? 1 : random.Pick(Depths);
        bool isArray = random.OneIn(2);
        string open = isArray ? "[" : "{\"a\":";
        byte[] value = input[part.ValueStart..part.End];
        string before = string.Concat(Enumerable.Repeat(open, depth));
        string after = new(isArray ? ']' : '}', random.OneIn(8) ? 0 : depth);
        return Replace(input, part.ValueStart, part.End, [.. Encoding.ASCII.GetBytes(before), .. value, .. Encoding.ASCII.GetBytes(after)]);
    }

    private static byte[] AddMember(byte[] input, List<Part> parts, FuzzRandom random)
    {
        List<Part> objects = parts.FindAll(part => input[part.ValueStart] == '{');
        if (objects.Count == 0)
        {
            return [.. input, (byte)' '];
        }

        Part target = random.Pick(objects);
        List<Part> members = parts.FindAll(part => part.IsMember);
        Part like = members.Count == 0 ? target : random.Pick(members);
        byte[] member = members.Count > 0 && random.OneIn(2) ? input[like.Start..like.End] : Encoding.UTF8.GetBytes($"\"x{random.Next(4)}\":{random.Pick(Scalars)}");
        bool isEmpty = target.End - target.ValueStart == 2;
        return ByteMutator.Insert(input, target.ValueStart + 1, isEmpty ? member : [.. member, (byte)',']);
    }

    private static byte[] Swap(byte[] input, Part left, Part right)
    {
        if (left.Start > right.Start)
        {
            (left, right) = (right, left);
        }

        return left.End > right.ValueStart ? input :
        [
            .. input[..left.ValueStart], .. input[right.ValueStart..right.End], .. input[left.End..right.ValueStart],
            .. input[left.ValueStart..left.End], .. input[right.End..],
        ];
    }

    // Many more of the same, as members with names of their own or as items.
    private static byte[] Many(byte[] input, Part part, FuzzRandom random)
    {
        byte[] value = input[part.ValueStart..part.End];
        int room = Math.Max((random.OneIn(16) ? InputMaker.MaxBytes : 4096) / (value.Length + 10), 1);
        int count = 1 + random.NextLength(room);
        using MemoryStream many = new();
        many.Write(input.AsSpan(0, part.End));
        for (int i = 0; i < count; i++)
        {
            many.Write(part.IsMember ? Encoding.ASCII.GetBytes($",\"m{i}\":") : ","u8);
            many.Write(value);
        }

        many.Write(input.AsSpan(part.End));
        return many.ToArray();
    }

    private static byte[] Rename(byte[] input, Part part, FuzzRandom random)
    {
        byte[] name = Encoding.UTF8.GetBytes(random.Pick(InsideStrings));
        int at = part.Start + 1;
        return random.OneIn(4) && name.Length > 0
            ? ByteMutator.Insert(input, at, [.. Enumerable.Repeat(name, 1 + random.NextLength(20_000 / name.Length)).SelectMany(b => b)])
            : Replace(input, at, Math.Min(at + random.Next(2), part.ValueStart), name);
    }

    private static byte[] ChangeScalar(byte[] input, Part part, FuzzRandom random)
    {
        int length = part.End - part.ValueStart;
        if (input[part.ValueStart] != '"')
        {
            int digit = part.ValueStart + random.Next(length);
            byte[] number = Encoding.ASCII.GetBytes(random.Pick(["0", "1", "9", "-", ".", "e", "E+", "00"]));
            return random.OneIn(2) ? ByteMutator.Insert(input, digit, number) : Replace(input, digit, digit + 1, number);
        }

        // Between the quotation marks; mostly one character becomes another of the kind that hex, Base64 and dates know.
        int at = part.ValueStart + 1 + random.Next(Math.Max(length - 1, 1));
        switch (random.Next(5))
        {
            case 0:
                return ByteMutator.Insert(input, at, Encoding.UTF8.GetBytes(random.Pick(InsideStrings)));
            case 1:
                return Replace(input, Math.Max(at - 1 - random.Next(3), part.ValueStart + 1), Math.Max(at, part.ValueStart + 1), []);
            case 2:
                byte[] text = input[(part.ValueStart + 1)..(part.End - 1)];
                return text.Length == 0 ? input : ByteMutator.Insert(input, part.End - 1, [.. Enumerable.Repeat(text, 1 + random.NextLength(4000 / text.Length)).SelectMany(b => b)]);
            default:
                byte[] changed = [.. input];
                changed[Math.Min(at, part.End - 1)] = (byte)random.Pick("0123456789abcdefABCDEFxzZ-+/=_ :.".ToCharArray());
                return changed;
        }
    }

    private readonly record struct Part(int Start, int ValueStart, int End, bool IsMember);
}
