using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kip.Client.Kubeconfigs;

namespace Kip.Client.Http;

/// <summary>Makes the HTTP connection that a kubeconfig context describes.</summary>
internal static class ApiHandlers
{
    /// <exception cref="KubeconfigException">A certificate or key cannot be used.</exception>
    public static HttpMessageHandler Make(KubeconfigContext context, TimeProvider time)
    {
        var sockets = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.GZip,
            // With the handshake; what is not there refuses at once, and a machine that is very busy needs so long.
            ConnectTimeout = TimeSpan.FromSeconds(30),
            // Every watch holds a stream, and a server may allow no more than a hundred of them to a connection.
            EnableMultipleHttp2Connections = true,
            // A watch that is silent because the other side is gone is found out within a minute.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = context.Proxy is not null,
            Proxy = context.Proxy is null ? null : new WebProxy(context.Proxy),
            SslOptions = Tls(context),
        };
        return new CredentialsHandler(context, time) { InnerHandler = sockets };
    }

    private static SslClientAuthenticationOptions Tls(KubeconfigContext context)
    {
        var options = new SslClientAuthenticationOptions();
        try
        {
            if (context.CertificateAuthority is { } authority)
            {
                // Only this authority counts: one of the machine's own could vouch for an impostor.
                var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.ImportFromPem(authority);
                options.CertificateChainPolicy = policy;
            }
            if (context.ClientCertificate is { } certificate && context.ClientKey is { } key)
            {
                var chain = new X509Certificate2Collection();
                chain.ImportFromPem(certificate);
                options.ClientCertificateContext =
                    SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificate, key), chain, offline: true);
            }
        }
        catch (CryptographicException e)
        {
            throw new KubeconfigException($"{context.Source}: a certificate or key of context \"{context.Name}\" cannot be used: {e.Message}");
        }
#pragma warning disable CA5359 // The user asked for it by name in the kubeconfig.
        if (context.InsecureSkipTlsVerify) options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        return options;
    }

    /// <summary>Puts the token on every request; a token file is read again every minute, since others renew it.</summary>
    private sealed class CredentialsHandler(KubeconfigContext context, TimeProvider time) : DelegatingHandler
    {
        private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

        private readonly Lock _lock = new();
        private string? _token = context.Token;
        private DateTimeOffset _readAt = DateTimeOffset.MinValue;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (context.TlsServerName is { Length: > 0 } name) request.Headers.Host = name;
            if (Token() is { Length: > 0 } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return base.SendAsync(request, cancellationToken);
        }

        private string? Token()
        {
            if (context.TokenFile is null) return _token;
            lock (_lock)
            {
                if (time.GetUtcNow() - _readAt < Fresh) return _token;
                _token = File.ReadAllText(context.TokenFile).Trim();
                _readAt = time.GetUtcNow();
                return _token;
            }
        }
    }
}
