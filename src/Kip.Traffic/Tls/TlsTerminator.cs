using System.Net.Security;
using System.Security.Authentication;
using Kip.Traffic.Http;
using Microsoft.AspNetCore.Connections;

namespace Kip.Traffic.Tls;

/// <summary>Takes TLS off clients' connections, with the certificate for the name they ask for (SNI), and offers HTTP/2 before HTTP/1.1.</summary>
internal sealed class TlsTerminator(ServerCertificates certificates) : ITlsTerminator
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    public async Task<ConnectionContext> TerminateAsync(ConnectionContext connection, CancellationToken cancel)
    {
        var plain = new TlsConnection(connection);
        try
        {
            await plain.Stream.AuthenticateAsServerAsync(ChooseAsync, this, cancel);
            return plain;
        }
        catch
        {
            await plain.DisposeAsync();
            throw;
        }
    }

    private ValueTask<SslServerAuthenticationOptions> ChooseAsync(SslStream stream, SslClientHelloInfo hello, object? state, CancellationToken cancel)
    {
        var certificate = certificates.For(hello.ServerName) ?? throw new AuthenticationException($"there is no certificate for \"{hello.ServerName}\"");
        return new(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate,
            ApplicationProtocols = Protocols,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = false,
        });
    }
}
