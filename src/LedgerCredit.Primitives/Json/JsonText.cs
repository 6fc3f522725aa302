using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LedgerCredit.Primitives.Json;

/// <summary>Writes a JSON tree for people and files. Not a canonical form: nothing that is hashed passes here.</summary>
public static class JsonText
{
    // Relaxed: Chinese and punctuation stay readable. The text goes to files and terminals, never into HTML.
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>UTF-8 with two-space indentation and a newline at the end.</summary>
    public static byte[] WriteIndented(JsonValue value) => [.. Write(value, Indented), (byte)'\n'];

    /// <summary>UTF-8 on one line, without a newline.</summary>
    public static byte[] WriteLine(JsonValue value) => Write(value, Compact);

    private static byte[] Write(JsonValue value, JsonWriterOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, options))
        {
            Write(writer, value);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonValue value)
    {
        switch (value)
        {
            case JsonObject json:
                writer.WriteStartObject();
                foreach (JsonMember member in json.Members)
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray array:
                writer.WriteStartArray();
                foreach (JsonValue item in array.Items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonString text:
                writer.WriteStringValue(text.Value);
                break;
            case JsonNumber number:
                writer.WriteRawValue(number.Text);
                break;
            case JsonBoolean boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
