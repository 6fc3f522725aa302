using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Workspaces;

/// <summary>What people get of whose token a claim has a value.</summary>
/// <param name="Claim">The claim's name, such as <c>groups</c>; its value is a text or a list of them.</param>
/// <param name="Value">The value, exactly.</param>
/// <param name="Member">The member that they work for.</param>
/// <param name="Roles">The roles that they have there, as far as the member has them.</param>
/// <param name="Scopes">What they may use the service for.</param>
public sealed record StaffMapping(string Claim, string Value, string Member, IReadOnlySet<ConsortiumRole> Roles, IReadOnlySet<string> Scopes);

/// <summary>The sign-in of the organisation that runs the node, by OpenID Connect (docs/spec/access.md section 11).</summary>
/// <param name="Issuer">The issuer of the tokens, exactly as it stands in them; its metadata are below it.</param>
/// <param name="Audience">What tokens for this node are issued for.</param>
/// <param name="NameClaim">The claim that names a person; never given to another one later.</param>
/// <param name="Mappings">What people get, in order.</param>
public sealed record StaffConfig(string Issuer, string Audience, string NameClaim, IReadOnlyList<StaffMapping> Mappings)
{
    /// <summary>The claim that names a person where nothing else is said: unique at its issuer.</summary>
    public const string DefaultNameClaim = "sub";

    private const int MaxMappings = 1000;
    private const int MaxTextLength = 256;

    /// <summary>Whether an address may be asked for metadata or keys: https, or http on this machine.</summary>
    public static bool IsAddress(string? text) => text is not null && RemoteAddress.TryParse(text, RemoteAddressRule.Webhook, out _, out _);

    internal static StaffConfig Read(JsonCursor staff)
    {
        staff.ObjectWith(["issuer", "audience", "mappings"], ["nameClaim"]);
        JsonCursor issuer = staff.Member("issuer");
        if (!IsAddress(issuer.Text()) || issuer.Text().AsSpan().ContainsAny('?', '#'))
        {
            issuer.Refuse("bad-issuer", "Expected the issuer as its tokens name it: an https address without a query (http on this machine only).");
        }

        return new StaffConfig(
            issuer.Text(),
            ReadText(staff.Member("audience")),
            staff.TryMember("nameClaim", out JsonCursor name) ? ReadText(name) : DefaultNameClaim,
            [.. staff.Member("mappings").Items(MaxMappings).Select(ReadMapping)]);
    }

    internal JsonObject Write() => new(
        new JsonMember("issuer", new JsonString(Issuer)),
        new JsonMember("audience", new JsonString(Audience)),
        new JsonMember("nameClaim", new JsonString(NameClaim)),
        new JsonMember("mappings", new JsonArray([.. Mappings.Select(mapping => new JsonObject(
            new JsonMember("claim", new JsonString(mapping.Claim)),
            new JsonMember("value", new JsonString(mapping.Value)),
            new JsonMember("member", new JsonString(mapping.Member)),
            new JsonMember("roles", new JsonArray([.. mapping.Roles.Order().Select(role => new JsonString(ConsortiumRoles.ToName(role)))])),
            new JsonMember("scopes", new JsonArray([.. AccessScopes.All.Where(mapping.Scopes.Contains).Select(scope => new JsonString(scope))]))))])));

    private static StaffMapping ReadMapping(JsonCursor mapping)
    {
        mapping.ObjectWith(["claim", "value", "member", "roles", "scopes"]);
        JsonCursor member = mapping.Member("member");
        if (!IssuerSlug.IsValid(member.Text()))
        {
            member.Refuse("bad-member", "Expected the slug of a member of this workspace.");
        }

        HashSet<ConsortiumRole> roles = [];
        foreach (JsonCursor role in mapping.Member("roles").Items(ConsortiumRoles.Names.Count))
        {
            if (!ConsortiumRoles.TryParse(role.Text(), out ConsortiumRole known) || !roles.Add(known))
            {
                role.Refuse("bad-role", $"Expected each of {string.Join(", ", ConsortiumRoles.Names)} once at most.");
            }
        }

        HashSet<string> scopes = new(StringComparer.Ordinal);
        foreach (JsonCursor scope in mapping.Member("scopes").Items(AccessScopes.All.Count))
        {
            if (!AccessScopes.All.Contains(scope.Text()) || !scopes.Add(scope.Text()))
            {
                scope.Refuse("bad-scope", $"Expected each of {string.Join(", ", AccessScopes.All)} once at most.");
            }
        }

        return new StaffMapping(ReadText(mapping.Member("claim")), ReadText(mapping.Member("value")), member.Text(), roles, scopes);
    }

    private static string ReadText(JsonCursor cursor)
    {
        string text = cursor.Text();
        if (text.Length is 0 or > MaxTextLength)
        {
            cursor.Refuse("bad-length", $"Expected 1 to {MaxTextLength} characters.");
        }

        return text;
    }
}
