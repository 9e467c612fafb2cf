using System.Net;
using System.Security.Authentication;
using Kip.ApiServer.Http.Connections;
using Kip.ApiServer.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kip.ApiServer.Http;

/// <summary>One address at which the API is reached by HTTPS.</summary>
internal sealed class ApiListener : IDisposable
{
    private readonly KestrelServer _server;
    private readonly TlsServices _services;

    private ApiListener(KestrelServer server, TlsServices services)
    {
        (_server, _services) = (server, services);
        var bound = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        // What listens everywhere is reached on loopback.
        var host = bound.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : bound.Host;
        Address = new Uri($"https://{host}:{bound.Port}");
    }

    /// <summary>Where it is reached, with the port it really has.</summary>
    public Uri Address { get; }

    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<ApiListener> StartAsync(
        IPEndPoint endPoint, ServerCertificate certificate, int maxBodyBytes, RequestDelegate answer, ILoggerFactory loggers, CancellationToken cancel)
    {
        var services = new TlsServices(loggers);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        var server = new KestrelServer(Options.Create(Settings(endPoint, certificate, maxBodyBytes, services)), transport, loggers);
        try
        {
            await server.StartAsync(new ApiApplication(answer), cancel);
            return new ApiListener(server, services);
        }
        catch
        {
            server.Dispose();
            services.Dispose();
            throw;
        }
    }

    /// <summary>Lets requests under way finish, until cancelled, and stops listening.</summary>
    public Task StopAsync(CancellationToken patience) => _server.StopAsync(patience);

    public void Dispose()
    {
        _server.Dispose();
        _services.Dispose();
    }

    private static KestrelServerOptions Settings(IPEndPoint endPoint, ServerCertificate certificate, int maxBodyBytes, TlsServices services)
    {
        var server = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = services };
        // The real limit is RequestBody's, which lets a client that sends somewhat more read why it is refused.
        server.Limits.MaxRequestBodySize = 10L * maxBodyBytes;
        // Every watch of a client is a stream of its one HTTP/2 connection.
        server.Limits.Http2.MaxStreamsPerConnection = 1000;
        server.Listen(endPoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            var https = new HttpsConnectionAdapterOptions
            {
                ServerCertificateSelector = (_, _) => certificate.Current,
                // Asked for, not required: most clients carry a token. Who shows one is judged at the gate, so that a bad one is answered by 401.
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            };
            https.AllowAnyClientCertificate();
            listen.UseHttps(https);
            listen.Use(GatheredTransport.Over);
        });
        return server;
    }
}
