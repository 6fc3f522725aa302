using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace LedgerCredit.Service.Tests.Staff;

/// <summary>A little OpenID Connect issuer: metadata, keys, and tokens that are written here by hand.</summary>
internal sealed class OidcIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OidcIssuer(WebApplication app) => _app = app;

    internal string Issuer => _app.Urls.First() + "/realm";

    /// <summary>What the metadata name as issuer, and where they say that the keys are; changed by tests.</summary>
    internal string? OtherIssuer { get; set; }

    internal string? OtherKeysAddress { get; set; }

    /// <summary>The keys that it shows.</summary>
    internal List<JsonObject> Keys { get; } = [];

    /// <summary>Whether it answers with errors.</summary>
    internal bool IsDown { get; set; }

    /// <summary>How often its keys were asked for.</summary>
    internal int Questions { get; private set; }

    internal static async Task<OidcIssuer> StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        OidcIssuer issuer = new(builder.Build());
        issuer._app.Run(issuer.AnswerAsync);
        await issuer._app.StartAsync(cancellationToken);
        return issuer;
    }

    /// <summary>Shows the public part of a key.</summary>
    internal void Show(RSA key, string keyId)
    {
        RSAParameters parameters = key.ExportParameters(includePrivateParameters: false);
        Keys.Add(new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = keyId, ["n"] = Url(parameters.Modulus!), ["e"] = Url(parameters.Exponent!) });
    }

    /// <summary>Shows the public part of a key.</summary>
    internal void Show(ECDsa key, string keyId)
    {
        ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
        Keys.Add(new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = keyId, ["x"] = Url(point.X!), ["y"] = Url(point.Y!) });
    }

    /// <summary>The claims of a token of now.</summary>
    internal JsonObject Claims(string subject, DateTimeOffset now, params string[] groups) => new()
    {
        ["iss"] = Issuer,
        ["aud"] = "ledgercredit",
        ["sub"] = subject,
        ["iat"] = now.ToUnixTimeSeconds(),
        ["nbf"] = now.ToUnixTimeSeconds(),
        ["exp"] = (now + TimeSpan.FromMinutes(5)).ToUnixTimeSeconds(),
        ["groups"] = new JsonArray([.. groups.Select(group => JsonValue.Create(group))]),
    };

    /// <summary>Writes and signs a token.</summary>
    internal static string Sign(JsonObject header, JsonObject claims, Func<byte[], byte[]> sign)
    {
        string signed = $"{Url(JsonSerializer.SerializeToUtf8Bytes(header))}.{Url(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Url(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    internal static string SignRs256(RSA key, string? keyId, JsonObject claims)
    {
        JsonObject header = new() { ["alg"] = "RS256", ["typ"] = "JWT" };
        if (keyId is not null)
        {
            header["kid"] = keyId;
        }

        return Sign(header, claims, bytes => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    internal static string SignEs256(ECDsa key, string keyId, JsonObject claims) =>
        Sign(new JsonObject { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = keyId }, claims, bytes => key.SignData(bytes, HashAlgorithmName.SHA256));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        if (IsDown)
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        }

        switch (context.Request.Path.Value)
        {
            case "/realm/.well-known/openid-configuration":
                return context.Response.WriteAsJsonAsync(new JsonObject { ["issuer"] = OtherIssuer ?? Issuer, ["jwks_uri"] = OtherKeysAddress ?? Issuer + "/keys" });
            case "/realm/keys":
                Questions++;
                return context.Response.WriteAsJsonAsync(new JsonObject { ["keys"] = new JsonArray([.. Keys.Select(key => key.DeepClone())]) });
            default:
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
        }
    }

    private static string Url(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
