using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>
/// What a record digest is the hash of: the digests of a record's disclosures, its kind and its issuer.
/// </summary>
/// <remarks>docs/spec/records.md section 6.</remarks>
public sealed class RecordPayload
{
    private const string DigestAlgorithm = "sha-256";

    // No record within 64 KiB has more members: the shortest claim takes six bytes, a name of one letter with its
    // value.
    private const int MaxDigests = 64 * 1024 / 6;

    private static ReadOnlySpan<byte> Opening => "{\"_sd\":["u8;

    private static ReadOnlySpan<byte> BeforeIssuer => "],\"_sd_alg\":\"sha-256\",\"iss\":\""u8;

    private static ReadOnlySpan<byte> BeforeType => "\",\"vct\":\"ledgercredit:"u8;

    private static ReadOnlySpan<byte> Closing => ":1\"}"u8;

    private RecordPayload(RecordKind kind, string issuer, IReadOnlyList<string> digests)
    {
        Kind = kind;
        Issuer = issuer;
        Digests = digests;
        Json = new JsonObject(
            new JsonMember("_sd", new JsonArray([.. digests.Select(digest => new JsonString(digest))])),
            new JsonMember("_sd_alg", new JsonString(DigestAlgorithm)),
            new JsonMember("iss", new JsonString(issuer)),
            new JsonMember("vct", new JsonString(kind.ToPayloadType())));
    }

    /// <summary>The record's kind.</summary>
    public RecordKind Kind { get; }

    /// <summary>The record's issuer.</summary>
    public string Issuer { get; }

    /// <summary>The digests of the disclosures, strictly ascending in ASCII order.</summary>
    public IReadOnlyList<string> Digests { get; }

    /// <summary>The payload as JSON.</summary>
    public JsonObject Json { get; }

    /// <summary>Makes the payload of a record's disclosures.</summary>
    internal static RecordPayload Create(RecordKind kind, string issuer, IEnumerable<Disclosure> disclosures)
    {
        string[] digests = [.. disclosures.Select(disclosure => disclosure.Digest)];
        Array.Sort(digests, StringComparer.Ordinal);
        return new RecordPayload(kind, issuer, digests);
    }

    /// <summary>The length of what <see cref="WriteCanonical"/> writes.</summary>
    internal static int CanonicalLength(RecordKind kind, int issuerBytes, int digests) =>
        Opening.Length + (digests * (DigestText.Length + 3)) - Math.Min(digests, 1) + BeforeIssuer.Length + issuerBytes
        + BeforeType.Length + kind.ToNameUtf8().Length + Closing.Length;

    /// <summary>Writes what <see cref="ToCanonicalBytes"/> gives, without making a payload.</summary>
    /// <param name="kind">The record's kind.</param>
    /// <param name="issuer">The record's issuer, a slug, which needs no escapes.</param>
    /// <param name="digests">The digests in any order.</param>
    /// <param name="order">The positions of the digests in ascending order.</param>
    /// <param name="output"><see cref="CanonicalLength"/> bytes.</param>
    internal static void WriteCanonical(
        RecordKind kind, ReadOnlySpan<byte> issuer, ReadOnlySpan<DigestText> digests, ReadOnlySpan<int> order, Span<byte> output)
    {
        output = Put(Opening, output);
        for (int i = 0; i < order.Length; i++)
        {
            if (i > 0)
            {
                output[0] = (byte)',';
                output = output[1..];
            }

            output[0] = (byte)'"';
            digests[order[i]].AsSpan().CopyTo(output[1..]);
            output[1 + DigestText.Length] = (byte)'"';
            output = output[(DigestText.Length + 2)..];
        }

        output = Put(BeforeIssuer, output);
        output = Put(issuer, output);
        output = Put(BeforeType, output);
        output = Put(kind.ToNameUtf8(), output);
        Put(Closing, output);
    }

    /// <summary>Reads a payload: exactly its four members, each in exactly its form.</summary>
    /// <param name="json">The payload of an evidence file.</param>
    /// <param name="payload">The payload, or null.</param>
    /// <param name="problem">Why it was refused, or null.</param>
    public static bool TryParse(
        JsonValue json,
        [NotNullWhen(true)] out RecordPayload? payload,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(json);

        payload = null;
        JsonProblems problems = new();
        JsonCursor root = JsonCursor.Root(json, problems).ObjectWith(["_sd", "_sd_alg", "iss", "vct"]);

        List<string> digests = [];
        foreach (JsonCursor item in root.Member("_sd").Items(MaxDigests))
        {
            string digest = item.Text();
            if (!Base64Text.TryDecodeUrl(digest, out byte[]? bytes) || bytes.Length != Bytes32.Length)
            {
                item.Refuse("bad-digest", $"Expected base64url of {Bytes32.Length} bytes, found other text.");
            }
            else if (digests.Count > 0 && string.CompareOrdinal(digests[^1], digest) >= 0)
            {
                item.Refuse("digest-order", "Expected a digest greater than the one before, found another.");
            }

            digests.Add(digest);
        }

        JsonCursor algorithm = root.Member("_sd_alg");
        if (algorithm.Text() != DigestAlgorithm)
        {
            algorithm.Refuse("bad-digest-algorithm", $"Expected '{DigestAlgorithm}', found other text.");
        }

        JsonCursor issuer = root.Member("iss");
        if (!IssuerSlug.IsValid(issuer.Text()))
        {
            issuer.Refuse("bad-issuer", "Expected an issuer's slug, found other text.");
        }

        JsonCursor type = root.Member("vct");
        RecordKind? kind = KindOf(type.Text());
        if (kind is null)
        {
            type.Refuse("bad-payload-type", "Expected 'ledgercredit:' with a record kind and ':1', found other text.");
        }

        problem = problems.First;
        if (problem is not null || kind is null)
        {
            problem ??= new ParseProblem("bad-payload-type", type.Path, "Expected a record kind, found none.");
            return false;
        }

        payload = new RecordPayload(kind.Value, issuer.Text(), digests);
        return true;
    }

    /// <summary>The canonical form, which is hashed.</summary>
    public byte[] ToCanonicalBytes() => CanonicalJson.Write(Json);

    /// <summary>The record digest: SHA-256 of the canonical form.</summary>
    public Bytes32 Digest() => Sha256.Hash(ToCanonicalBytes());

    private static Span<byte> Put(ReadOnlySpan<byte> text, Span<byte> output)
    {
        text.CopyTo(output);
        return output[text.Length..];
    }

    private static RecordKind? KindOf(string type)
    {
        foreach (RecordKind kind in RecordKinds.Stated)
        {
            if (kind.ToPayloadType() == type)
            {
                return kind;
            }
        }

        return null;
    }
}
