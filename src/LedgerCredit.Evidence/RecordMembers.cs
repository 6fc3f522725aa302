using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>
/// The names under which the members of a record are disclosed, and the way back from disclosures to a record.
/// </summary>
/// <remarks>docs/spec/records.md section 5.</remarks>
public static class RecordMembers
{
    private const string ClaimPrefix = "claims.";

    /// <summary>What the name of a claim's disclosure begins with.</summary>
    internal static ReadOnlySpan<byte> ClaimPrefixUtf8 => "claims."u8;

    /// <summary>
    /// Whether a disclosure may have this name: <c>id</c>, <c>subject</c>, <c>issuedAt</c>, <c>supersedes</c> or
    /// <c>claims.k</c>.
    /// </summary>
    public static bool IsAllowedName([NotNullWhen(true)] string? name) =>
        name is "id" or "subject" or "issuedAt" or "supersedes" || TryGetClaim(name, out _);

    /// <summary>The name under which a claim is disclosed.</summary>
    public static string ClaimName(string claim) => ClaimPrefix + claim;

    /// <summary>The claim that a disclosure's name stands for.</summary>
    /// <returns><see langword="false"/> where the name is not that of a claim.</returns>
    public static bool TryGetClaim([NotNullWhen(true)] string? name, [NotNullWhen(true)] out string? claim)
    {
        bool isClaim = name is not null && name.StartsWith(ClaimPrefix, StringComparison.Ordinal);
        claim = isClaim ? name![ClaimPrefix.Length..] : null;
        return isClaim;
    }

    /// <summary>The members of a record in the order of their disclosures: those at the top, then the claims.</summary>
    internal static IEnumerable<JsonMember> Of(CreditRecord record)
    {
        yield return new JsonMember("id", new JsonString(record.Id));
        yield return new JsonMember("subject", new JsonString(record.Subject.ToString()));
        yield return new JsonMember("issuedAt", new JsonString(record.IssuedAt));
        if (record.Supersedes is not null)
        {
            yield return new JsonMember("supersedes", new JsonString(record.Supersedes));
        }

        foreach (JsonMember claim in record.Claims.Members)
        {
            yield return new JsonMember(ClaimName(claim.Name), claim.Value);
        }
    }

    /// <summary>
    /// The record that disclosures add up to. Where some members are withheld it lacks them; validate it with
    /// <see cref="CreditRecord.TryCreate"/> where all are disclosed.
    /// </summary>
    /// <param name="kind">The payload's kind.</param>
    /// <param name="issuer">The payload's issuer.</param>
    /// <param name="disclosures">Disclosures with allowed names, each name once.</param>
    /// <exception cref="ArgumentException">A name is not allowed or there twice.</exception>
    public static JsonObject ToRecordJson(RecordKind kind, string issuer, IEnumerable<Disclosure> disclosures)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        ArgumentNullException.ThrowIfNull(disclosures);

        List<JsonMember> members =
        [
            new JsonMember("kind", new JsonString(kind.ToName())),
            new JsonMember("issuer", new JsonString(issuer)),
        ];
        List<JsonMember> claims = [];
        foreach (Disclosure disclosure in disclosures)
        {
            if (TryGetClaim(disclosure.Name, out string? claim))
            {
                claims.Add(new JsonMember(claim, disclosure.Value));
            }
            else if (IsAllowedName(disclosure.Name))
            {
                members.Add(new JsonMember(disclosure.Name, disclosure.Value));
            }
            else
            {
                throw new ArgumentException("A disclosure's name is not that of a member of a record.", nameof(disclosures));
            }
        }

        members.Add(new JsonMember("claims", new JsonObject(claims)));
        return new JsonObject(members);
    }
}
