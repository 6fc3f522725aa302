using System.Diagnostics.CodeAnalysis;
using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>One member of a record with its salt, as it is shown to prove that member.</summary>
/// <remarks>
/// An RFC 9901 disclosure fixed to canonical JSON: <c>base64url(UTF-8(JCS([salt, name, value])))</c>.
/// docs/spec/records.md section 5.
/// </remarks>
public sealed class Disclosure
{
    /// <summary>The size of a salt in bytes.</summary>
    public const int SaltBytes = 16;

    /// <summary>A disclosure whose parts were computed together with others.</summary>
    internal Disclosure(string salt, string name, JsonValue value, string encoded, string digest)
    {
        Salt = salt;
        Name = name;
        Value = value;
        Encoded = encoded;
        Digest = digest;
    }

    /// <summary>What stands before a member's name in the message whose mac gives the salt.</summary>
    internal static ReadOnlySpan<byte> SaltLabel => "ledgercredit:salt:1:"u8;

    /// <summary>The salt: base64url of <see cref="SaltBytes"/> bytes.</summary>
    public string Salt { get; }

    /// <summary>The member's name; see <see cref="RecordMembers"/>.</summary>
    public string Name { get; }

    /// <summary>The member's value.</summary>
    public JsonValue Value { get; }

    /// <summary>The disclosure as it is passed on: base64url.</summary>
    public string Encoded { get; }

    /// <summary>What stands for it in the payload: base64url of the SHA-256 of <see cref="Encoded"/>.</summary>
    public string Digest { get; }

    /// <summary>Reads a disclosure in exactly the form that is committed to.</summary>
    /// <remarks>
    /// Whether the name is allowed and there only once is for the caller to check, see <see cref="RecordMembers"/>.
    /// </remarks>
    /// <param name="encoded">Any text.</param>
    /// <param name="disclosure">The disclosure, or null.</param>
    /// <param name="problem">Why the text was refused, or null.</param>
    public static bool TryParse(
        string? encoded,
        [NotNullWhen(true)] out Disclosure? disclosure,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        disclosure = null;
        if (!Base64Text.TryDecodeUrl(encoded, out byte[]? utf8))
        {
            problem = new ParseProblem(
                "bad-base64url", "", "Expected canonical base64url without padding, found other text.");
            return false;
        }

        if (!StrictJson.TryParse(utf8, JsonLimits.Record, out JsonValue? json, out problem))
        {
            return false;
        }

        if (json is not JsonArray { Items: [JsonString salt, JsonString name, JsonValue value] })
        {
            problem = new ParseProblem(
                "bad-disclosure", "$", "Expected an array of salt, name and value, found something else.");
            return false;
        }

        if (!Base64Text.TryDecodeUrl(salt.Value, out byte[]? saltBytes) || saltBytes.Length != SaltBytes)
        {
            problem = new ParseProblem(
                "bad-salt", "$[0]", $"Expected base64url of {SaltBytes} bytes, found other text.");
            return false;
        }

        if (!CanonicalJson.TryWrite(json, CanonicalNumbers.Exact, out byte[]? canonical, out problem))
        {
            return false;
        }

        if (!canonical.AsSpan().SequenceEqual(utf8))
        {
            problem = new ParseProblem(
                "not-canonical", "$", "Expected the canonical form of RFC 8785, found another form.");
            return false;
        }

        string digest = Base64Text.EncodeUrl(Sha256.Hash(Encoding.ASCII.GetBytes(encoded!)).AsSpan());
        disclosure = new Disclosure(salt.Value, name.Value, value, encoded!, digest);
        return true;
    }
}
