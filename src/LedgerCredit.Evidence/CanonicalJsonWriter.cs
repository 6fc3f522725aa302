using System.Buffers;
using System.Diagnostics;
using System.Text.Unicode;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>Writes values that <see cref="JsonContent"/> found to have a canonical form.</summary>
internal sealed class CanonicalJsonWriter(CanonicalNumbers numbers)
{
    private readonly ArrayBufferWriter<byte> _output = new(1024);

    public ReadOnlySpan<byte> Written => _output.WrittenSpan;

    public byte[] ToArray() => _output.WrittenSpan.ToArray();

    public void Clear() => _output.ResetWrittenCount();

    public void WriteValue(JsonValue value)
    {
        switch (value)
        {
            case JsonObject json:
                WriteObject(json);
                break;
            case JsonArray array:
                WriteArray(array);
                break;
            case JsonString text:
                WriteString(text.Value);
                break;
            case JsonNumber number:
                WriteNumber(number.Text);
                break;
            case JsonBoolean boolean:
                _output.Write(boolean.Value ? "true"u8 : "false"u8);
                break;
            case JsonNull:
                _output.Write("null"u8);
                break;
            default:
                throw new UnreachableException($"There is no JSON value of type {value.TypeName}.");
        }
    }

    private void WriteObject(JsonObject json)
    {
        JsonMember[] members = [.. json.Members];
        Array.Sort(members, static (left, right) => string.CompareOrdinal(left.Name, right.Name));

        WriteByte('{');
        for (int i = 0; i < members.Length; i++)
        {
            if (i > 0)
            {
                WriteByte(',');
            }

            WriteString(members[i].Name);
            WriteByte(':');
            WriteValue(members[i].Value);
        }

        WriteByte('}');
    }

    private void WriteArray(JsonArray array)
    {
        WriteByte('[');
        for (int i = 0; i < array.Items.Count; i++)
        {
            if (i > 0)
            {
                WriteByte(',');
            }

            WriteValue(array.Items[i]);
        }

        WriteByte(']');
    }

    private void WriteNumber(string text)
    {
        Span<char> buffer = stackalloc char[CanonicalNumber.MaxLength];
        bool hasForm = CanonicalNumber.TryWrite(text, numbers, buffer, out int length);
        Debug.Assert(hasForm, "The content was checked before.");
        WriteUtf8(buffer[..length]);
    }

    private void WriteString(string text)
    {
        WriteByte('"');
        ReadOnlySpan<char> rest = text;
        while (rest.Length > 0)
        {
            int plain = rest.IndexOfAny(Escaped);
            if (plain < 0)
            {
                WriteUtf8(rest);
                break;
            }

            WriteUtf8(rest[..plain]);
            WriteEscape(rest[plain]);
            rest = rest[(plain + 1)..];
        }

        WriteByte('"');
    }

    // RFC 8785 section 3.2.2.2: the two-character escapes where there is one, else \u and lower-case hex.
    private void WriteEscape(char c)
    {
        switch (c)
        {
            case '"':
                _output.Write("\\\""u8);
                break;
            case '\\':
                _output.Write("\\\\"u8);
                break;
            case '\b':
                _output.Write("\\b"u8);
                break;
            case '\t':
                _output.Write("\\t"u8);
                break;
            case '\n':
                _output.Write("\\n"u8);
                break;
            case '\f':
                _output.Write("\\f"u8);
                break;
            case '\r':
                _output.Write("\\r"u8);
                break;
            default:
                _output.Write("\\u00"u8);
                _output.Write((ReadOnlySpan<byte>)[HexDigit(c >> 4), HexDigit(c & 0xF)]);
                break;
        }
    }

    private void WriteUtf8(ReadOnlySpan<char> text)
    {
        // A UTF-16 code unit takes at most three bytes.
        Span<byte> destination = _output.GetSpan(checked(text.Length * 3));
        OperationStatus status = Utf8.FromUtf16(
            text, destination, out _, out int written, replaceInvalidSequences: false);
        Debug.Assert(status == OperationStatus.Done, "The content was checked before.");
        _output.Advance(written);
    }

    private void WriteByte(char ascii)
    {
        _output.GetSpan(1)[0] = (byte)ascii;
        _output.Advance(1);
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f"
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");
}
