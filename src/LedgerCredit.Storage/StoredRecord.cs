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

    /// <summary>Whether a record has a claim that is a text.</summary>
    /// <param name="record">A canonical record.</param>
    /// <param name="claim">The claim's name in UTF-8.</param>
    /// <param name="text">The text in UTF-8, unescaped.</param>
    /// <returns>False also where the record cannot be read.</returns>
    public static bool HasClaim(ReadOnlySpan<byte> record, ReadOnlySpan<byte> claim, ReadOnlySpan<byte> text)
    {
        try
        {
            Utf8JsonReader reader = new(record);
            return TryGoTo(ref reader, "claims"u8)
                && reader.TokenType == JsonTokenType.StartObject
                && TryGoToMember(ref reader, claim)
                && reader.TokenType == JsonTokenType.String
                && reader.ValueTextEquals(text);
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

    /// <summary>The id that a record says it replaces.</summary>
    /// <returns>False also where the record cannot be read, as <see cref="TryRead"/> does.</returns>
    public static bool TryReadSuperseded(ReadOnlySpan<byte> record, [NotNullWhen(true)] out string? superseded)
    {
        superseded = null;
        try
        {
            Utf8JsonReader reader = new(record);
            superseded = TryFind(ref reader, "supersedes"u8) ? reader.GetString() : null;
            return superseded is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool TryFind(ref Utf8JsonReader reader, ReadOnlySpan<byte> member) =>
        TryGoTo(ref reader, member) && reader.TokenType == JsonTokenType.String;

    // To the value of a member of the top level.
    private static bool TryGoTo(ref Utf8JsonReader reader, ReadOnlySpan<byte> member) =>
        reader.Read() && reader.TokenType == JsonTokenType.StartObject && TryGoToMember(ref reader, member);

    // To the value of a member of the object that the reader has just begun.
    private static bool TryGoToMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> member)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isIt = reader.ValueTextEquals(member);
            reader.Read();
            if (isIt)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
