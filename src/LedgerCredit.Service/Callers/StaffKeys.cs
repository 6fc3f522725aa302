using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using Microsoft.IdentityModel.Tokens;

namespace LedgerCredit.Service.Callers;

/// <summary>The keys that the issuer of staff's tokens signs with, from its metadata (OpenID Connect Discovery 1.0, RFC 7517). Thread-safe.</summary>
/// <remarks>
/// Kept for <see cref="MaxAge"/>, so that a key that the issuer has withdrawn is not believed for longer; asked for anew when a token names an unknown one, but not
/// more often than once in <see cref="Pause"/>, however many tokens a stranger makes up. One question at a time, within bounds of time and size.
/// </remarks>
internal sealed class StaffKeys : IDisposable
{
    /// <summary>How long keys are believed without being asked for again.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>The least time between two questions.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private const string WellKnown = "/.well-known/openid-configuration";
    private const int MaxDocumentBytes = 256 * 1024;
    private const int MaxKeys = 64;
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;

    private readonly string _issuer;
    private readonly TimeProvider _timeProvider;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _asking = new(1);
    private volatile KeySet? _keys;

    // Guarded by _asking.
    private DateTimeOffset _askedAt = DateTimeOffset.MinValue;

    [SuppressMessage("Reliability", "CA2000", Justification = "The client disposes of the handler.")]
    internal StaffKeys(string issuer, TimeProvider timeProvider)
    {
        _issuer = issuer;
        _timeProvider = timeProvider;
        _http = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null, PooledConnectionLifetime = TimeSpan.FromMinutes(5) },
            disposeHandler: true)
        {
            Timeout = TimeSpan.FromSeconds(5),
            MaxResponseContentBufferSize = MaxDocumentBytes,
        };
    }

    /// <summary>Finds a key.</summary>
    /// <param name="keyId">Its id, or null where the token names none: then the issuer must have one key only.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The key; null where the issuer has none of this id; or that nobody knows, because the issuer does not answer.</returns>
    internal async Task<StaffKeyAnswer> FindAsync(string? keyId, CancellationToken cancellationToken)
    {
        if (FindKept(keyId) is SecurityKey kept)
        {
            return new StaffKeyAnswer(kept, IsKnown: true);
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            // Somebody else may have asked meanwhile.
            DateTimeOffset now = _timeProvider.GetUtcNow();
            if (FindKept(keyId) is null && (now < _askedAt || now - _askedAt >= Pause))
            {
                _askedAt = now;

                // Not by the token of the request: who is gone must not leave the others without an answer.
                _keys = await FetchAsync() ?? _keys;
            }

            // Where the last question failed, the keys are older than it.
            return new StaffKeyAnswer(FindKept(keyId), IsKnown: _keys is KeySet keys && keys.FetchedAt >= _askedAt);
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _asking.Dispose();
    }

    private SecurityKey? FindKept(string? keyId)
    {
        if (_keys is not KeySet keys)
        {
            return null;
        }

        TimeSpan age = _timeProvider.GetUtcNow() - keys.FetchedAt;
        if (age < TimeSpan.Zero || age >= MaxAge)
        {
            return null;
        }

        return keyId is not null ? keys.Keys.GetValueOrDefault(keyId) : keys.Keys.Count == 1 ? keys.Keys.Values.Single() : null;
    }

    // Null where the issuer does not answer, or with something else.
    private async Task<KeySet?> FetchAsync()
    {
        DateTimeOffset now = _timeProvider.GetUtcNow();
        using JsonDocument? metadata = await FetchDocumentAsync(_issuer.TrimEnd('/') + WellKnown);

        // Discovery section 4.3: metadata that name another issuer are not to be used.
        if (metadata is null || TextOf(metadata.RootElement, "issuer") != _issuer || TextOf(metadata.RootElement, "jwks_uri") is not string address || !StaffConfig.IsAddress(address))
        {
            return null;
        }

        using JsonDocument? document = await FetchDocumentAsync(address);
        if (document is null || document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("keys", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        // Keys of kinds that are not used here, and those that are too short, are passed over.
        Dictionary<string, SecurityKey> keys = new(StringComparer.Ordinal);
        foreach (JsonElement jwk in list.EnumerateArray().Take(MaxKeys))
        {
            if (ReadKey(jwk) is SecurityKey key)
            {
                keys.TryAdd(key.KeyId, key);
            }
        }

        return new KeySet(keys, now);
    }

    private async Task<JsonDocument?> FetchDocumentAsync(string address)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri(address));
            return response.IsSuccessStatusCode ? JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException or JsonException)
        {
            // The caller is told that the issuer does not answer.
            return null;
        }
    }

    private static SecurityKey? ReadKey(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || TextOf(jwk, "use") is not (null or "sig"))
        {
            return null;
        }

        // Where there is one key only, it needs no id.
        string keyId = TextOf(jwk, "kid") ?? "";
        return TextOf(jwk, "kty") switch
        {
            "RSA" => ReadRsa(jwk, keyId),
            "EC" => ReadCurve(jwk, keyId),
            _ => null,
        };
    }

    private static RsaSecurityKey? ReadRsa(JsonElement jwk, string keyId)
    {
        if (BytesOf(jwk, "n") is not byte[] modulus || BytesOf(jwk, "e") is not { Length: > 0 and <= 8 } exponent)
        {
            return null;
        }

        modulus = modulus.AsSpan().TrimStart((byte)0).ToArray();
        return modulus.Length is >= MinRsaBits / 8 and <= MaxRsaBits / 8
            ? new RsaSecurityKey(new RSAParameters { Modulus = modulus, Exponent = exponent }) { KeyId = keyId }
            : null;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "Belongs to the key, which requests may use for as long as they know it.")]
    private static ECDsaSecurityKey? ReadCurve(JsonElement jwk, string keyId)
    {
        (ECCurve curve, int length)? named = TextOf(jwk, "crv") switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66),
            _ => null,
        };
        if (named is not (ECCurve curve, int length) || BytesOf(jwk, "x") is not byte[] x || BytesOf(jwk, "y") is not byte[] y || x.Length != length || y.Length != length)
        {
            return null;
        }

        try
        {
            return new ECDsaSecurityKey(ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = x, Y = y } })) { KeyId = keyId };
        }
        catch (CryptographicException)
        {
            // No point of the curve: as if it were not there.
            return null;
        }
    }

    private static string? TextOf(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? BytesOf(JsonElement json, string name) =>
        TextOf(json, name) is string text && Base64Text.TryDecodeUrl(text, out byte[]? bytes) ? bytes : null;

    private sealed record KeySet(IReadOnlyDictionary<string, SecurityKey> Keys, DateTimeOffset FetchedAt);
}

/// <summary>What is known of a key.</summary>
/// <param name="Key">The key, or null.</param>
/// <param name="IsKnown">Whether it is known that the issuer has no other one: false where it does not answer.</param>
internal readonly record struct StaffKeyAnswer(SecurityKey? Key, bool IsKnown);
