using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace LedgerCredit.Storage;

/// <summary>Reads the few members of a stored record that it is found by, without reading all of it.</summary>
internal static class StoredRecord
{
    /// <summary>Whether a record's member of the top level is a text.</summary>
    /// <param name="record">A canonical record.</param>
    /// <param name="member">The member's name in UTF-8.</param>
    /// <param name="text">The text in UTF-8, unescaped.</param>
    /// <param name="isEqual">Whether it is.</param>
    /// <returns>False where the record cannot be read, or has no such text.</returns>
    public static bool TryCompare(ReadOnlySpan<byte> record, ReadOnlySpan<byte> member, ReadOnlySpan<byte> text, out bool isEqual)
    {
        isEqual = false;
        try
        {
            Utf8JsonReader reader = new(record);
            if (!TryFind(ref reader, member))
            {
                return false;
            }

            isEqual = reader.ValueTextEquals(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The id and the subject of a record.</summary>
    /// <returns>False where the record cannot be read, or lacks one of them.</returns>
    public static bool TryRead(ReadOnlySpan<byte> record, [NotNullWhen(true)] out string? id, [NotNullWhen(true)] out string? subject)
    {
        id = null;
        subject = null;
        try
        {
            Utf8JsonReader reader = new(record);
            if (!TryFind(ref reader, "id"u8))
            {
                return false;
            }

            id = reader.GetString();
            reader = new Utf8JsonReader(record);
            if (!TryFind(ref reader, "subject"u8))
            {
                return false;
            }

            subject = reader.GetString();
            return id is not null && subject is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text that is no valid UTF-8 or UTF-16.
            return false;
        }
    }

    private static bool TryFind(ref Utf8JsonReader reader, ReadOnlySpan<byte> member)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isIt = reader.ValueTextEquals(member);
            reader.Read();
            if (isIt)
            {
                return reader.TokenType == JsonTokenType.String;
            }

            reader.Skip();
        }

        return false;
    }
}
