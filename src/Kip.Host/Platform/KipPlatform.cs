using System.Net;
using System.Threading.Channels;
using Kip.ApiServer.Http;
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
    private readonly ILoggerFactory _loggers = Logging.Make();
    private readonly PlatformOptions _options;
    private readonly DateTimeOffset _begun;

    private KipPlatform(PlatformOptions options)
    {
        (_options, _begun) = (options, _time.GetUtcNow());
        Ends(() => Sync(_loggers.Dispose));
    }

    /// <summary>Where it is reached and since when.</summary>
    public InstanceFile Instance { get; private set; } = null!;

    /// <summary>Starts everything in order and completes when the API answers.</summary>
    /// <exception cref="CommandFailure">A port or the data folder is in use, or the folder is another version's.</exception>
    public static async Task<KipPlatform> StartAsync(PlatformOptions options, CancellationToken cancel)
    {
        // Before any socket is used: requests run on the threads that see them. Nothing in this process blocks after a socket's event.
        SocketCompletions.RunInline();
        var platform = new KipPlatform(options);
        try
        {
            await platform.StartPartsAsync(cancel);
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
        if (InstanceFile.Read(_options.Data)?.ProcessId == Environment.ProcessId) File.Delete(_options.Data.Instance);
        await _stop.CancelAsync();
        while (_endings.TryPop(out var end)) await end();
        _stop.Dispose();
    }

    private async Task StartPartsAsync(CancellationToken cancel)
    {
        _options.Data.Create();

        // 1. The store: everything that was acknowledged is in memory again.
        var store = await StoreParts.OpenAsync(_options, _time, _loggers, cancel);
        Ends(store);
        Runs(store.Registry.RunAsync(_stop.Token));

        // 2. The gateway listens; requests that come before its table is full wait for it.
        var stats = Channel.CreateBounded<RevisionStat>(
            new BoundedChannelOptions(StatsCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var gateway = await OpenGatewayAsync(store, stats.Writer, cancel);

        // The registry listens, and pods' images can be brought here.
        var images = ImageParts.Open(_options, store.Resources, _time, _loggers);
        Ends(images);
        Runs(images.RunAsync(_stop.Token));

        // 3. Events come in, and wait until the Brokers are known.
        var events = await EventingParts.StartAsync(_options, gateway, store.Informers, store.Resources, _time, _loggers, cancel);

        // 4. Pods' runtime, controllers and autoscaler over the same caches.
        var runtime = MakeRuntime(store, gateway, images);
        var autoscaler = new AutoscalerLoop(store.Informers, store.Resources, stats.Reader, _time, _loggers);
        var hpa = new HpaLoop(store.Informers, runtime.Usage, _time, _loggers);
        var controllers = new ControllerHost(
            store.Resources, store.Informers,
            [
                .. ServingControllers.Create(runtime.Bundles, images), new CertificateReconciler(store.Identities.Authority),
                new PodAutoscalerReconciler(autoscaler, hpa),
                .. EventingControllers.Create(events), .. runtime.Reconcilers,
            ], _time, _loggers);
        // Ended after the gateway, so that the last requests are written down, too.
        var observability = await ObservabilityParts.StartAsync(
            _options, gateway, runtime.RequestLogs, autoscaler, store.Informers, _time, _loggers, cancel);
        Ends(observability);

        // 5. They start. The runtime ends what an earlier life left before any pod runs again.
        await runtime.StartAsync(cancel);
        foreach (var part in (IAsyncDisposable[])[controllers, runtime, gateway, events]) Ends(part);
        await controllers.StartAsync(cancel);
        Runs(autoscaler.RunAsync(_stop.Token));
        Runs(hpa.RunAsync(_stop.Token));
        Runs(new IdleTrim(() => gateway.RequestsInFlight, _time).RunAsync(_stop.Token));

        // 6. The API last: who is answered finds all of it at work.
        var insight = new Dictionary<string, RequestDelegate>(ServiceInsight.Endpoints(autoscaler, store.Resources, gateway.Taps, _stop.Token))
        {
            ["/kip/events"] = events.AnswerAsync,
            [MetricsEndpoint.ApiPath] = observability.Endpoint.ScrapeAsync,
        };
        var api = await OpenApiAsync(store, runtime, insight, cancel);
        await gateway.Ready.WaitAsync(cancel);
        await events.Ready.WaitAsync(cancel);

        Instance = InstanceOf(api.Address, gateway) with
        {
            Events = $"http://{events.EndPoint}",
            Registry = images.Address,
            Metrics = observability.Listening is { } metrics ? $"http://{metrics}/metrics" : null,
        };
        Instance.Write(_options.Data);
    }

    private async Task<Gateway> OpenGatewayAsync(StoreParts store, ChannelWriter<RevisionStat> stats, CancellationToken cancel)
    {
        var gateway = await Gateway.StartAsync(
            new GatewayOptions
            {
                EndPoint = _options.Gateway, Https = _options.Https, ServesClusterLocal = IPAddress.IsLoopback(_options.Gateway.Address),
            },
            store.Informers, store.Resources, stats, _time, _loggers, issuer: store.Identities.Authority, cancel: cancel);
        store.Door = new Uri($"http://{gateway.EndPoint}");
        await PlatformBootstrap.RunAsync(store.Resources, _options, gateway.EndPoint.Port, gateway.HttpsEndPoint?.Port, cancel);
        await EventingBootstrap.RunAsync(store.Resources, cancel);
        await DefinitionBootstrap.RunAsync(store.Resources, cancel);
        return gateway;
    }

    private ProcessRuntime MakeRuntime(StoreParts store, Gateway gateway, ImageParts images)
    {
        var options = new RuntimeOptions
        {
            DataDirectory = _options.Data.Root, Environment = ProcessProxy.Variables(gateway.EndPoint),
            Containers = ContainerParts.Options(_options, gateway, images.Source, store.Pods),
        };
        var runtime = new ProcessRuntime(options, store.Resources, store.Informers, gateway, _time, _loggers);
        runtime.Bundles.Add(BuiltIn.HelloWorld());
        runtime.Bundles.Add(BuiltIn.Conformance());
        return runtime;
    }

    private async Task<ApiServer.Http.ApiServer> OpenApiAsync(
        StoreParts store, ProcessRuntime runtime, Dictionary<string, RequestDelegate> more, CancellationToken cancel)
    {
        var audit = _options.AuditLog is { } noted ? new LineFile(noted, _time, _loggers) : null;
        if (audit is not null) Ends(audit);
        var api = await ApiServer.Http.ApiServer.StartAsync(
            new ApiServerOptions
            {
                Endpoint = _options.Api, DataDirectory = _options.Data.Root, Identities = store.Identities, Audit = audit is null ? null : audit.Write,
                Exec = runtime.Exec, Forward = runtime.Forward, Usage = runtime.MachineUsage, ExtraEndpoints = more,
            },
            store.Registry, runtime.Logs, _time, _loggers, cancel);
        Ends(api);
        store.Pods.Opened(api);
        return api;
    }

    private InstanceFile InstanceOf(Uri api, Gateway gateway) => new(
        Environment.ProcessId, ProcessTable.Read(Environment.ProcessId)!.Value.StartTime, api.ToString().TrimEnd('/'), $"http://{gateway.EndPoint}",
        _begun, VersionCommand.Current)
    {
        Https = gateway.HttpsEndPoint is { } https ? $"https://{https}" : null,
        OciRuntime = _options.OciRuntime,
    };

    private void Ends(IAsyncDisposable part) => Ends(() => part.DisposeAsync().AsTask());

    private void Ends(Func<Task> end) => _endings.Push(end);

    private void Runs(Task loop) => _endings.Push(() => loop);

    private static Task Sync(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
