using System.Net.Http;
using Kip.Traffic.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Kip.Traffic.Forwarding;

/// <summary>YARP's forwarder with a client of its own. Made when it is first needed: until then the library is not in memory (decision 0023).</summary>
internal sealed class ProxyLibrary : IDisposable
{
    private readonly IHttpForwarder _proxy;
    private readonly HttpMessageInvoker _client;
    private readonly ForwarderRequestConfig _config;

    /// <param name="handler">Is its own from now on.</param>
    public ProxyLibrary(SocketsHttpHandler handler, ForwarderRequestConfig config, ILoggerFactory loggers)
    {
        (_client, _config) = (new(handler), config);
        var services = new ServiceCollection().AddSingleton(loggers).AddSingleton(typeof(ILogger<>), typeof(Logger<>)).AddHttpForwarder();
        _proxy = services.BuildServiceProvider().GetRequiredService<IHttpForwarder>();
    }

    /// <summary>Passes a request on and its answer back. Never throws for what goes wrong on either side.</summary>
    /// <param name="destination">Scheme, host and port.</param>
    /// <returns>What went wrong; why is in the request's <see cref="IForwarderErrorFeature"/>.</returns>
    public ValueTask<ForwarderError> SendAsync(GatewayRequest request, string destination, HttpTransformer transformer) =>
        _proxy.SendAsync(request.Context, destination, _client, _config, transformer, request.Deadline.Token);

    public void Dispose() => _client.Dispose();
}
