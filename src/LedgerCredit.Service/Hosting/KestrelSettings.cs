using System.Net;
using System.Security.Cryptography.X509Certificates;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Service.Records;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LedgerCredit.Service.Hosting;

/// <summary>The addresses and bounds of the HTTP server.</summary>
internal static class KestrelSettings
{
    /// <summary>The largest body of an address that says nothing else.</summary>
    internal const long MaxBodyBytes = 2 * RecordIntake.MaxRecordBytes;

    private const int MaxHeaderBytes = 16 * 1024;
    private const int MaxHeaders = 64;

    // Slower than this for longer than the grace is no client but an attack, or a line that is down.
    private static readonly MinDataRate SlowestClient = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));

    /// <summary>Sets them.</summary>
    internal static void ConfigureService(this IWebHostBuilder host, ServiceOptions options)
    {
        // Read when it is first asked for, and disposed of with the service.
        host.ConfigureServices(services => services.AddSingleton(_ => LoadCertificate(options)).AddSingleton(_ => LoadChain(options)));
        host.UseKestrelHttpsConfiguration();
        host.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
            kestrel.Limits.MaxRequestHeaderCount = MaxHeaders;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
            kestrel.Limits.MinRequestBodyDataRate = SlowestClient;
            kestrel.Limits.MinResponseDataRate = SlowestClient;
            foreach (Uri address in options.Listen)
            {
                kestrel.Listen(address);
            }
        });
        host.ConfigureServices(services => services.Configure<HostOptions>(o => o.ShutdownTimeout = options.StopTimeout));
    }

    private static void Listen(this KestrelServerOptions kestrel, Uri address)
    {
        void Configure(ListenOptions listen)
        {
            if (address.Scheme == Uri.UriSchemeHttps)
            {
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = kestrel.ApplicationServices.GetRequiredService<X509Certificate2>();
                    https.ServerCertificateChain = kestrel.ApplicationServices.GetRequiredService<X509Certificate2Collection>();
                });
            }
        }

        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip))
        {
            kestrel.Listen(ip, address.Port, Configure);
        }
        else if (address.Host == "localhost" && address.Port != 0)
        {
            kestrel.ListenLocalhost(address.Port, Configure);
        }
        else
        {
            throw new WorkspaceException($"The service cannot listen on '{address}': expected an IP address, such as http://127.0.0.1:8420, or http://0.0.0.0:8420 for all of this machine.");
        }
    }

    // All of the file: clients that know the root alone need those in between.
    private static X509Certificate2Collection LoadChain(ServiceOptions options)
    {
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(options.CertificatePath!);
        return chain;
    }

    private static X509Certificate2 LoadCertificate(ServiceOptions options)
    {
        if (options.CertificatePath is null || options.CertificateKeyPath is null)
        {
            throw new WorkspaceException("An https address needs a certificate: name its PEM file and that of its key with --tls-certificate and --tls-key.");
        }

        try
        {
            return X509Certificate2.CreateFromPemFile(options.CertificatePath, options.CertificateKeyPath);
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new WorkspaceException($"The certificate '{options.CertificatePath}' with the key '{options.CertificateKeyPath}' cannot be used: {e.Message} Expected two PEM files, the key without a password.");
        }
    }
}
