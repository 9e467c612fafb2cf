using System.Threading.Channels;
using Kip.Client.Certificates;
using Kip.Client.Informers;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;
using Kip.Traffic;
using Microsoft.Extensions.Logging;

namespace Kip.Testing.Traffic;

/// <summary>A real gateway on a free port over objects in memory.</summary>
public sealed class GatewayBed : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly InformerSet _informers;
    private readonly Channel<RevisionStat> _stats = Channel.CreateUnbounded<RevisionStat>();

    private GatewayBed(MemoryResources resources, InformerSet informers)
    {
        Resources = resources;
        _informers = informers;
    }

    public MemoryResources Resources { get; }

    public Gateway Gateway { get; private set; } = null!;

    public ChannelReader<RevisionStat> Stats => _stats.Reader;

    public Uri Url => new($"http://{Gateway.EndPoint}");

    public static async Task<GatewayBed> StartAsync(
        GatewayOptions? options = null, TimeProvider? time = null, Random? random = null, ILoggerFactory? loggers = null, ICertificateIssuer? issuer = null)
    {
        var resources = new MemoryResources();
        var bed = new GatewayBed(resources, new(resources, TimeProvider.System, loggers));
        bed.Gateway = await Gateway.StartAsync(
            options ?? new(), bed._informers, resources, bed._stats.Writer, time ?? TimeProvider.System, loggers, random, issuer);
        await bed._informers.StartAsync();
        await bed.Gateway.Ready;
        return bed;
    }

    /// <summary>Stores objects and returns when the gateway has taken them in.</summary>
    public async Task PutAsync(params Resources.Resource[] objects)
    {
        foreach (var item in objects) Resources.Put(item);
        await SettleAsync();
    }

    /// <summary>Takes pods out and returns when the gateway has taken note.</summary>
    public async Task RemovePodsAsync(params string[] names)
    {
        foreach (var name in names) Resources.Remove(Pod.Definition, TrafficObjects.Name(name));
        await SettleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await _informers.DisposeAsync();
    }

    // The gateway's informers tell it of changes in order, so when it has been told of the last one it knows all of that kind; and an
    // ingress's new table is in force when its status has been written.
    private async Task SettleAsync()
    {
        var marker = $"marker-{Guid.NewGuid():N}";
        await SeenAsync(TrafficObjects.Revision(marker));
        await SeenAsync(TrafficObjects.Pod(marker, marker, 1, ready: false));
        await SeenAsync(TrafficObjects.Service(marker));
        await SeenAsync(TrafficObjects.Endpoints(marker));
        await SeenAsync(new Secret { Metadata = new() { Name = marker, Namespace = TrafficObjects.Namespace, Uid = marker } });
        Resources.Put(TrafficObjects.Ingress(marker, $"{marker}.test", (marker, 100)));
        await StatusOf(marker);
        Resources.Remove(Ingress.Definition, TrafficObjects.Name(marker));
        Resources.Remove(Secret.Definition, TrafficObjects.Name(marker));
        Resources.Remove(Endpoints.Definition, TrafficObjects.Name(marker));
        Resources.Remove(Kip.Resources.Core.Service.Definition, TrafficObjects.Name(marker));
        Resources.Remove(Pod.Definition, TrafficObjects.Name(marker));
        Resources.Remove(Revision.Definition, TrafficObjects.Name(marker));
    }

    private async Task SeenAsync<T>(T marker) where T : Resources.Resource, Resources.IResource
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = _informers.Subscribe<T>(change =>
        {
            if (change.New?.Metadata.Name == marker.Metadata.Name) seen.TrySetResult();
        });
        Resources.Put(marker);
        await seen.Task.WaitAsync(Patience);
    }

    private async Task StatusOf(string ingress)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = _informers.Subscribe<Ingress>(change =>
        {
            if (change.New is { Status.Conditions.IsEmpty: false } written && written.Metadata.Name == ingress) seen.TrySetResult();
        });
        await seen.Task.WaitAsync(Patience);
    }
}
