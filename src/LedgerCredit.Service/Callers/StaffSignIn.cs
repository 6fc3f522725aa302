using System.Buffers;
using System.Text;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LedgerCredit.Service.Callers;

/// <summary>How a token of staff was taken.</summary>
internal enum StaffOutcome
{
    /// <summary>It is no token of the issuer for this node, or not any more.</summary>
    Refused = 0,

    /// <summary>It is, and the person is somebody here.</summary>
    Accepted,

    /// <summary>It is, but nothing of it is mapped to a member.</summary>
    NotMapped,

    /// <summary>Nobody knows: the issuer does not answer.</summary>
    Unavailable,
}

/// <summary>What a token of staff says.</summary>
/// <param name="Outcome">How it was taken; all else is empty unless it was accepted.</param>
internal sealed record StaffIdentity(StaffOutcome Outcome)
{
    /// <summary>The person's name, as the access log keeps it.</summary>
    internal string Name { get; init; } = "";

    /// <summary>The member that the person works for.</summary>
    internal string Member { get; init; } = "";

    /// <summary>The roles that the person has there.</summary>
    internal IReadOnlySet<ConsortiumRole> Roles { get; init; } = new HashSet<ConsortiumRole>();

    /// <summary>What the person may use the service for.</summary>
    internal IReadOnlySet<string> Scopes { get; init; } = new HashSet<string>();
}

/// <summary>Checks the tokens of the staff of the organisation that runs the node: JWTs of an OpenID Connect issuer. Thread-safe.</summary>
/// <remarks>
/// RFC 7515, 7519 and 8725; docs/spec/access.md section 11. Signed with an asymmetric key of the issuer, for this audience, not expired: each is checked anew at each
/// request, and nothing is remembered of a token.
/// </remarks>
internal sealed class StaffSignIn : IDisposable
{
    /// <summary>How far the clocks of issuer and node may be apart.</summary>
    internal static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    private const int MaxNameLength = 64;
    private const string HashedName = "sha256-";

    // No secret that issuer and node share, and no token that is not signed.
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    // RFC 8725 section 3.11: a token of another kind, such as one that signs somebody out, is none.
    private static readonly string[] Types = ["JWT", "at+jwt", "application/at+jwt"];

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@|+-");

    private readonly StaffConfig _config;
    private readonly TimeProvider _timeProvider;
    private readonly StaffKeys _keys;
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <summary>Makes it.</summary>
    /// <exception cref="WorkspaceException">A mapping names somebody who is no member here.</exception>
    internal StaffSignIn(StaffConfig config, Workspace workspace, TimeProvider timeProvider)
    {
        if (config.Mappings.FirstOrDefault(mapping => workspace.Config.FindMember(mapping.Member) is null) is StaffMapping unknown)
        {
            throw new WorkspaceException($"'staff' of workspace.json maps people to '{unknown.Member}', which is no member of this workspace. Add it with 'ledgercredit member add', or correct the mapping.");
        }

        _config = config;
        _timeProvider = timeProvider;
        _keys = new StaffKeys(config.Issuer, timeProvider);
    }

    /// <summary>Whether a text may be a token of staff, and is none of the node's own tokens and keys: three parts, separated by points.</summary>
    internal static bool IsToken(string text) => text.AsSpan().Count('.') == 2;

    /// <summary>Checks a token.</summary>
    internal async Task<StaffIdentity> CheckAsync(string token, CancellationToken cancellationToken)
    {
        if (!TryReadHeader(token, out string? keyId))
        {
            return new StaffIdentity(StaffOutcome.Refused);
        }

        StaffKeyAnswer answer = await _keys.FindAsync(keyId, cancellationToken);
        if (answer.Key is null)
        {
            return new StaffIdentity(answer.IsKnown ? StaffOutcome.Refused : StaffOutcome.Unavailable);
        }

        TokenValidationResult result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = _config.Issuer,
            ValidAudience = _config.Audience,
            ValidAlgorithms = Algorithms,
            IssuerSigningKey = answer.Key,
            TryAllIssuerSigningKeys = true,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            RequireAudience = true,
            LifetimeValidator = IsOfNow,
            LogValidationExceptions = false,
            IncludeTokenOnFailedValidation = false,
        });
        return result.IsValid && ReadPart(token.Split('.')[1]) is JsonObject claims && claims.TryFindString(_config.NameClaim, out string? name) && name.Length > 0
            ? Map(claims, name)
            : new StaffIdentity(StaffOutcome.Refused);
    }

    public void Dispose() => _keys.Dispose();

    private bool IsOfNow(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        DateTime now = _timeProvider.GetUtcNow().UtcDateTime;
        return expires is DateTime end && now < end + ClockSkew && (notBefore is not DateTime begin || now + ClockSkew >= begin);
    }

    // The member is that of the first mapping that holds; all that hold for this member count.
    private StaffIdentity Map(JsonObject claims, string name)
    {
        StaffMapping[] holding = [.. _config.Mappings.Where(mapping => ValuesOf(claims, mapping.Claim).Contains(mapping.Value, StringComparer.Ordinal))];
        if (holding.Length == 0)
        {
            return new StaffIdentity(StaffOutcome.NotMapped);
        }

        StaffMapping[] counting = [.. holding.Where(mapping => mapping.Member == holding[0].Member)];
        return new StaffIdentity(StaffOutcome.Accepted)
        {
            Name = NameOf(name),
            Member = holding[0].Member,
            Roles = counting.SelectMany(mapping => mapping.Roles).ToHashSet(),
            Scopes = counting.SelectMany(mapping => mapping.Scopes).ToHashSet(StringComparer.Ordinal),
        };
    }

    // It is kept for ever and shown on terminals. What is long or has other characters stands as its hash, so that no two people have one name.
    private static string NameOf(string name) =>
        name.Length is > 0 and <= MaxNameLength && !name.AsSpan().ContainsAnyExcept(NameCharacters) && !name.StartsWith(HashedName, StringComparison.Ordinal)
            ? name
            : HashedName + Convert.ToHexStringLower(Sha256.Hash(Encoding.UTF8.GetBytes(name)).AsSpan());

    private static IEnumerable<string> ValuesOf(JsonObject claims, string claim) => claims.Find(claim) switch
    {
        JsonString text => [text.Value],
        JsonArray list => list.Items.OfType<JsonString>().Select(text => text.Value),
        _ => [],
    };

    // Strictly: a member that is there twice would be read by one reader so and by another so.
    private static JsonObject? ReadPart(string part) =>
        Base64Text.TryDecodeUrl(part, out byte[]? bytes) && StrictJson.TryParse(bytes, JsonLimits.Record, out JsonValue? value, out _) ? value as JsonObject : null;

    // What cannot be accepted whatever the keys are, so that nobody makes the node ask for keys with it. RFC 7515 section 4.1.11: an extension
    // that has to be understood is not.
    private static bool TryReadHeader(string token, out string? keyId)
    {
        keyId = null;
        if (ReadPart(token[..token.IndexOf('.', StringComparison.Ordinal)]) is not JsonObject header
            || !header.TryFindString("alg", out string? algorithm)
            || !Algorithms.Contains(algorithm, StringComparer.Ordinal)
            || header.Find("crit") is not null)
        {
            return false;
        }

        return IsTextOrAbsent(header, "typ", out string? type)
            && (type is null || Types.Contains(type, StringComparer.OrdinalIgnoreCase))
            && IsTextOrAbsent(header, "kid", out keyId);
    }

    private static bool IsTextOrAbsent(JsonObject header, string name, out string? text) =>
        header.TryFindString(name, out text) || header.Find(name) is null;
}
