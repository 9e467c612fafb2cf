using Kip.Brokers;
using Kip.Brokers.EventTypes;
using Kip.Brokers.Sending;
using Kip.Brokers.Subscriptions;
using Kip.Brokers.Topics;
using Kip.Brokers.Tracing;
using Kip.Client.Informers;
using Kip.Log;
using Kip.Rules.Eventing.Retention;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Kip.Testing.Traffic;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kip.Tests.Brokers.Simulation;

/// <summary>The broker from one start to its crash or end: the real ingress, log, subscriptions and dead letters, on the simulation's thread.</summary>
internal sealed class BrokerLife : IDisposable
{
    private static readonly TopicKey Key = new(TopicKind.Broker, new("default", "main"));

    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<Action> _disk = [];
    private readonly SeededScheduler _scheduler;
    private readonly Instruments _instruments;
    private readonly EventTypeDiscovery _eventTypes;
    private bool _isDead;

    private BrokerLife(SeededScheduler scheduler, ManualTimeProvider time, SimulatedStorage storage, IEventSender sender)
    {
        _scheduler = scheduler;
        Storage = storage;
        var traces = new Traces(time);
        _instruments = new(static () => []);
        var log = new LogOptions { RunFlush = RunLater, Time = time, NewIdentity = () => (ulong)scheduler.Random.NextInt64(), VerifyAll = false };
        var resources = new MemoryResources();
        var informers = new InformerSet(resources, time);
        _eventTypes = new(resources, informers, time, NullLogger.Instance);
        var losses = new LossTeller(informers, new(resources, time, NullLoggerFactory.Instance), NullLogger.Instance);
        Table = new(new(storage, log, sender, traces, _instruments, _eventTypes, losses, time, NullLogger.Instance), time, NullLogger.Instance);
        Ingress = new(Table, traces, _instruments, _eventTypes, scheduler.Random, time);
    }

    public SimulatedStorage Storage { get; }

    public TopicTable Table { get; }

    public Ingress Ingress { get; }

    public Topic Topic { get; private set; } = null!;

    /// <summary>Completes when the process dies.</summary>
    public TaskCompletionSource Crashed { get; } = new();

    public static async Task<BrokerLife> StartAsync(
        SeededScheduler scheduler, ManualTimeProvider time, SimulatedStorage storage, IEventSender sender,
        IReadOnlyCollection<SubscriptionSpec> specs, bool isFirst)
    {
        var life = new BrokerLife(scheduler, time, storage, sender);
        life.Topic = await life.Table.GetOrAddAsync(Key, "uid-main", new(new RetentionPolicy { Bytes = 1L << 30 }));
        life.Topic.SetSubscriptions(specs, atStart: !isFirst);
        _ = life.Table.RunAsync(life._stop.Token);
        return life;
    }

    /// <summary>The process is gone, between two steps: nothing it had begun goes on, and no disk work that it asked for is done.</summary>
    public void Crash()
    {
        _isDead = true;
        _stop.Cancel();
        foreach (var subscriber in Topic.Subscribers) subscriber.Dispose();
        Dispose();
        Crashed.TrySetResult();
    }

    /// <summary>An orderly end.</summary>
    public async Task EndAsync()
    {
        _stop.Cancel();
        await Table.DisposeAsync();
        Dispose();
    }

    public void Dispose()
    {
        _instruments.Dispose();
        _eventTypes.Dispose();
        _stop.Dispose();
    }

    // One at a time and in order, as a log's own thread would; but who goes next among all is the seed's choice.
    private void RunLater(Action work)
    {
        _disk.Enqueue(work);
        _scheduler.Post(_ =>
        {
            var next = _disk.Dequeue();
            if (!_isDead) next();
        }, null);
    }
}
