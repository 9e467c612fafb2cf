using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Kip.ApiServer.Security;
using Kip.Testing.Programs;

namespace Kip.Bench.Api;

/// <summary>HTTP clients of the platform under test that cost as little as they can, since they share its processors.</summary>
internal static class ApiConnection
{
    /// <summary>A client with the administrator's token.</summary>
    /// <param name="version">HTTP/2 carries all requests on one connection, HTTP/1.1 one at a time on each of <paramref name="connections"/>.</param>
    public static HttpClient Open(KipProgram kip, Version version, int connections = 1)
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(kip.Data, "ca.crt"));
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            MaxConnectionsPerServer = connections,
            UseCookies = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        var client = new HttpClient(handler)
        {
            BaseAddress = kip.Api, DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", KubeconfigWriter.ReadToken(kip.Kubeconfig));
        return client;
    }
}
