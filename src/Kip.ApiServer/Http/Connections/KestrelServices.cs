using System.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.Http.Connections;

/// <summary>
/// Collects the services that <c>UseKestrelCore</c> registers, and makes them without a web host around: its TLS needs some that are internal to it. A host
/// is ten assemblies and a thousand types in memory, for configuration, routing and lifetimes that this server does not have.
/// </summary>
internal sealed class KestrelServices : IWebHostBuilder
{
    private readonly ServiceCollection _services = [];

    public KestrelServices(ILoggerFactory loggers)
    {
        _services.AddOptions();
        _services.AddMetrics();
        _services.AddSingleton(loggers);
        _services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        _services.AddSingleton<DiagnosticSource>(new DiagnosticListener("Microsoft.AspNetCore"));
    }

    /// <summary>The server and what it needs. To be disposed after the server has stopped.</summary>
    public ServiceProvider Make() => _services.BuildServiceProvider();

    public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
    {
        configureServices(_services);
        return this;
    }

#pragma warning disable ASPDEPR008 // A member of an interface that is not obsolete itself.
    IWebHost IWebHostBuilder.Build() => throw new NotSupportedException("there is no host, only the services of a server");
#pragma warning restore ASPDEPR008

    IWebHostBuilder IWebHostBuilder.ConfigureAppConfiguration(Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate) =>
        throw new NotSupportedException("there is no configuration but the server's options");

    IWebHostBuilder IWebHostBuilder.ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices) =>
        ConfigureServices(services => configureServices(new(), services));

    string? IWebHostBuilder.GetSetting(string key) => null;

    IWebHostBuilder IWebHostBuilder.UseSetting(string key, string? value) => this;
}
