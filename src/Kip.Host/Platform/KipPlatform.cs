using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Kip.ApiServer.Http;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Security;
using Kip.ApiServer.Storage;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Controllers.Eventing;
using Kip.Controllers.Networking;
using Kip.Controllers.Scaling;
using Kip.Controllers.Scaling.Hpa;
using Kip.Controllers.Serving;
using Kip.Host.CommandLine;
using Kip.Host.Commands;
using Kip.Host.Observability;
using Kip.Host.Platform.Images;
using Kip.Host.Platform.Insight;
using Kip.Host.Platform.Starting;
using Kip.Rules.Scaling;
using Kip.Runtime;
using Kip.Runtime.Bundles;
using Kip.Runtime.Recovery;
using Kip.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Platform;

/// <summary>The whole platform in one process: the table of contents of Kip.</summary>
public sealed class KipPlatform : IAsyncDisposable
{
    // One report per active revision and second; what does not fit is the oldest, which the next second makes up for.
    private const int StatsCapacity = 65_536;

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly CancellationTokenSource _stop = new();
    private readonly Stack<Func<Task>> _endings = new();
    private readonly DataFolder _data;

    private KipPlatform(DataFolder data) => _data = data;

    /// <summary>Where it is reached and since when.</summary>
    public InstanceFile Instance { get; private set; } = null!;

    /// <summary>Starts everything in order and completes when the API answers.</summary>
    /// <exception cref="CommandFailure">A port or the data folder is in use, or the folder is another version's.</exception>
    public static async Task<KipPlatform> StartAsync(PlatformOptions options, CancellationToken cancel)
    {
        // Before any socket is used: requests run on the threads that see them. Nothing in this process blocks after a socket's event.
        SocketCompletions.RunInline();
        var platform = new KipPlatform(options.Data);
        try
        {
            await platform.StartPartsAsync(options, cancel);
            return platform;
        }
        catch (Exception error) when (StartFailure.Explain(error, options) is { } failure)
        {
            await platform.DisposeAsync();
            throw failure;
        }
    }

    /// <summary>Stops everything in the opposite order: no new requests, those under way finished, pods ended, the store closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (InstanceFile.Read(_data)?.ProcessId == Environment.ProcessId) File.Delete(_data.Instance);
        await _stop.CancelAsync();
        while (_endings.TryPop(out var end)) await end();
        _stop.Dispose();
    }

    private async Task StartPartsAsync(PlatformOptions options, CancellationToken cancel)
    {
        options.Data.Create();
        var loggers = Logging.Make();
        Ends(() => Sync(loggers.Dispose));

        // 1. The store: everything that was acknowledged is in memory again.
        Uri? door = null;
        var registry = await ResourceRegistry.OpenAsync(
            new StoreOptions { Directory = options.Data.Store, KeyFile = options.EncryptionKey },
            new ResourceRegistryOptions { Logger = loggers.CreateLogger("Kip.ApiServer"), Services = () => door }, _time, cancel);
        Ends(() => registry.DisposeAsync().AsTask());
        Runs(registry.RunAsync(_stop.Token));
        var resources = new EmbeddedResources(registry);
        var informers = new InformerSet(resources, _time, loggers);

        var identities = Identities.Open(options.Data.Root, registry, _time);
        Ends(() => Sync(identities.Dispose));
        var authority = identities.Authority;
        var pods = new PodIdentity(identities);
        Ends(() => Sync(pods.Dispose));

        // 2. The gateway listens; requests that come before its table is full wait for it.
        var stats = Channel.CreateBounded<RevisionStat>(
            new BoundedChannelOptions(StatsCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var gateway = await Gateway.StartAsync(
            new GatewayOptions { EndPoint = options.Gateway, Https = options.Https, ServesClusterLocal = IPAddress.IsLoopback(options.Gateway.Address) },
            informers, resources, stats.Writer, _time, loggers, issuer: authority, cancel: cancel);
        door = new Uri($"http://{gateway.EndPoint}");
        await PlatformBootstrap.RunAsync(resources, options, gateway.EndPoint.Port, gateway.HttpsEndPoint?.Port, cancel);
        await EventingBootstrap.RunAsync(resources, cancel);
        await DefinitionBootstrap.RunAsync(resources, cancel);

        // The registry listens, and pods' images can be brought here.
        var images = await ImageParts.StartAsync(options, resources, _time, loggers, cancel);
        Ends(() => images.DisposeAsync().AsTask());
        Runs(images.RunAsync(_stop.Token));

        // 3. Events come in, and wait until the Brokers are known.
        var events = await EventingParts.StartAsync(options, gateway, informers, resources, _time, loggers, cancel);

        // 4. The runtime ends what an earlier life left before any pod runs again.
        var runtime = new ProcessRuntime(
            new RuntimeOptions
            {
                DataDirectory = options.Data.Root, Environment = ProcessProxy.Variables(gateway.EndPoint),
                Containers = ContainerParts.Options(options, gateway, images.Source, pods),
            }, resources, informers, gateway,
            _time, loggers);
        runtime.Bundles.Add(BuiltIn.HelloWorld());
        runtime.Bundles.Add(BuiltIn.Conformance());

        // 5. Controllers and autoscaler over the same caches.
        var autoscaler = new AutoscalerLoop(informers, resources, stats.Reader, _time, loggers);
        var hpa = new HpaLoop(informers, runtime.Usage, _time, loggers);
        var controllers = new ControllerHost(
            resources, informers,
            [
                .. ServingControllers.Create(runtime.Bundles, images.Digests), new CertificateReconciler(authority),
                new PodAutoscalerReconciler(autoscaler, hpa),
                .. EventingControllers.Create(events), .. runtime.Reconcilers,
            ], _time, loggers);
        // Ended after the gateway, so that the last requests are written down, too.
        var observability = await ObservabilityParts.StartAsync(options, gateway, runtime.RequestLogs, autoscaler, informers, _time, loggers, cancel);
        Ends(() => observability.DisposeAsync().AsTask());
        await runtime.StartAsync(cancel);
        Ends(() => controllers.DisposeAsync().AsTask());
        Ends(() => runtime.DisposeAsync().AsTask());
        Ends(() => gateway.DisposeAsync().AsTask());
        Ends(() => events.DisposeAsync().AsTask());
        await controllers.StartAsync(cancel);
        Runs(autoscaler.RunAsync(_stop.Token));
        Runs(hpa.RunAsync(_stop.Token));
        Runs(new IdleTrim(() => gateway.RequestsInFlight, _time).RunAsync(_stop.Token));

        var audit = options.AuditLog is { } noted ? new LineFile(noted, _time, loggers) : null;
        if (audit is not null) Ends(() => audit.DisposeAsync().AsTask());

        // 6. The API last: who is answered finds all of it at work.
        var api = await ApiServer.Http.ApiServer.StartAsync(
            new ApiServerOptions
            {
                Endpoint = options.Api, DataDirectory = options.Data.Root, Identities = identities, Audit = audit is null ? null : audit.Write,
                Exec = runtime.Exec,
                Forward = runtime.Forward, Usage = runtime.MachineUsage,
                ExtraEndpoints = new Dictionary<string, RequestDelegate>(ServiceInsight.Endpoints(autoscaler, resources, gateway.Taps, _stop.Token))
                {
                    ["/kip/events"] = events.AnswerAsync,
                    [MetricsEndpoint.ApiPath] = observability.Endpoint.ScrapeAsync,
                },
            },
            registry, runtime.Logs, _time, loggers, cancel);
        Ends(() => api.DisposeAsync().AsTask());
        pods.Opened(api);
        await gateway.Ready.WaitAsync(cancel);
        await events.Ready.WaitAsync(cancel);

        Instance = new InstanceFile(
            Environment.ProcessId, ProcessTable.Read(Environment.ProcessId)!.Value.StartTime, api.Address.ToString().TrimEnd('/'), $"http://{gateway.EndPoint}",
            Process.GetCurrentProcess().StartTime.ToUniversalTime(), VersionCommand.Current)
        {
            Events = $"http://{events.EndPoint}",
            Https = gateway.HttpsEndPoint is { } https ? $"https://{https}" : null,
            Registry = images.Address,
            Metrics = observability.Listening is { } metrics ? $"http://{metrics}/metrics" : null,
            OciRuntime = options.OciRuntime,
        };
        Instance.Write(options.Data);
    }

    private void Ends(Func<Task> end) => _endings.Push(end);

    private void Runs(Task loop) => _endings.Push(() => loop);

    private static Task Sync(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
