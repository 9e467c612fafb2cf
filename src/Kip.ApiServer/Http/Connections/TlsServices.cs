using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.Http.Connections;

/// <summary>
/// The services that the web server's TLS asks for: a logger, and figures of a type that is internal to it, made with its constructor. A container for
/// these two is five assemblies and three hundred types in memory.
/// </summary>
internal sealed class TlsServices(ILoggerFactory loggers) : IServiceProvider, IMeterFactory
{
    private Meter? _meter;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(ILoggerFactory) ? loggers
        : serviceType == typeof(IMeterFactory) ? this
        : serviceType.GetConstructor([typeof(IMeterFactory)])?.Invoke([this]);

    // Nobody has asked for the web server's own figures; the gateway and the API count for themselves.
    Meter IMeterFactory.Create(MeterOptions options) => _meter ??= new Meter(options);

    public void Dispose() => _meter?.Dispose();
}
