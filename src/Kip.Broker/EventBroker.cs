using System.Net;
using Kip.Brokers.Api;
using Kip.Brokers.EventTypes;
using Kip.Brokers.Http;
using Kip.Brokers.Http.Plain;
using Kip.Brokers.Projection;
using Kip.Brokers.Sending;
using Kip.Brokers.Subscriptions;
using Kip.Brokers.Topics;
using Kip.Brokers.Tracing;
using Kip.Client;
using Kip.Client.Eventing;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kip.Brokers;

/// <summary>Takes events in, keeps them, and delivers them: the data plane of Brokers, Triggers, channels and Subscriptions.</summary>
/// <remarks>An event's steps are told in order in <see cref="Ingress"/>.</remarks>
public sealed class EventBroker : IEventDataPlane, IAsyncDisposable
{
    private static readonly TimeSpan PruneEvery = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _loops = [];
    private readonly TopicTable _topics;
    private readonly HttpEventSender _network;
    private readonly Instruments _instruments;
    private readonly EventTypeDiscovery _eventTypes;
    private readonly EventRecorder _events;
    private readonly Ingress _ingress;
    private readonly SubscriptionProjector _projector;
    private readonly EventsApi _api;
    private readonly FilterEndpoint _filter;
    private IngressListener _listener = null!;

    private EventBroker(BrokerOptions options, InformerSet informers, IResources resources, Random random, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<EventBroker>();
        var traces = new Traces(time);
        _network = new(options.Door, new(options.MaxMessageBytes), options.MaxMessageBytes, time);
        _instruments = new(() => _topics!.Accounts());
        _eventTypes = new(resources, informers, time, logger);
        _events = new(resources, time, loggers);
        LocalEventSender local = null!;
        var parts = new TopicParts(
            options.Storage ?? new DirectoryTopicStorage(options.DataDirectory), options.Log with { Time = time, Logger = logger },
            new LateSender(() => local), traces, _instruments, _eventTypes, new(informers, _events, logger), time,
            logger) { MaxDeadLetters = options.MaxDeadLetters };
        _topics = new(parts, time, logger);
        _ingress = new(_topics, traces, _instruments, _eventTypes, random, time);
        local = new(_ingress, _topics, _network);
        _projector = new(informers, _topics, time, logger);
        _api = new(_topics, _ingress, local, traces, time, _stop.Token);
        _filter = new(_topics, local, _ready.Task, time);
    }

    /// <summary>Where events come in.</summary>
    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>Completes when every Broker and channel that was in the caches at the start takes events. Those that come before wait for it.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Starts listening. The informers may be started before or after.</summary>
    /// <param name="resources">Where EventTypes of the events that come by are made.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<EventBroker> StartAsync(
        BrokerOptions options, InformerSet informers, IResources resources, TimeProvider time, ILoggerFactory? loggers = null, Random? random = null,
        CancellationToken cancel = default)
    {
        loggers ??= NullLoggerFactory.Instance;
        var broker = new EventBroker(options, informers, resources, random ?? Random.Shared, time, loggers);
        var load = new IngressLoad(options.MaxBytesInFlight);
        var plain = new PlainIngress(broker._ingress, broker._topics, load, options.MaxMessageBytes, broker._ready.Task, time);
        var application = new IngressApplication(
            load, broker._ingress, broker._filter, broker._topics, broker._ready.Task, loggers.CreateLogger<IngressApplication>());
        try
        {
            broker._listener = await IngressListener.StartAsync(options, application, plain, loggers, cancel);
        }
        catch
        {
            broker.Release();
            throw;
        }
        broker._loops.Add(broker.ProjectAsync());
        broker._loops.Add(broker._topics.RunAsync(broker._stop.Token));
        broker._loops.Add(broker._events.RunAsync(broker._stop.Token));
        broker._loops.Add(broker._eventTypes.RunAsync(broker._stop.Token));
        broker._loops.Add(broker.PruneAsync(time));
        return broker;
    }

    /// <summary>
    /// Answers the event API: everything below <c>/kip/events</c>, for callers whose credentials have been checked. See <see cref="EventsApi"/>.
    /// </summary>
    public Task AnswerAsync(HttpContext http) => _api.AnswerAsync(http);

    /// <inheritdoc/>
    public event Action<KindDefinition, NamespacedName>? Changed
    {
        add => _topics.Changed += value;
        remove => _topics.Changed -= value;
    }

    /// <inheritdoc/>
    public bool TakesEventsFor(string uid) => _topics.All.Any(topic => topic.Uid == uid);

    /// <inheritdoc/>
    public string? SubscriberOf(string uid) => Find(uid)?.Spec.Subscriber?.Url;

    /// <inheritdoc/>
    public bool IsDrained(string uid)
    {
        // What has not been read yet, or cannot be, may hold events that wait.
        if (!_ready.Task.IsCompletedSuccessfully) return false;
        if (Find(uid) is { } subscriber) return subscriber.IsDone;
        return _topics.All.FirstOrDefault(topic => topic.Uid == uid)?.TrySeal() ?? !_topics.AnyUnreadable;
    }

    /// <summary>Accepts no more, writes the progress down, closes the logs. What is under way is delivered again at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        await _topics.DisposeAsync();
        Release();
    }

    private Subscriber? Find(string uid) => _topics.All.SelectMany(static topic => topic.Subscribers).FirstOrDefault(subscriber => subscriber.Spec.Uid == uid);

    private void Release()
    {
        _projector.Dispose();
        _eventTypes.Dispose();
        _network.Dispose();
        _instruments.Dispose();
        _stop.Dispose();
    }

    private async Task ProjectAsync()
    {
        try
        {
            await _projector.RunAsync(_ready, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            _ready.TrySetCanceled();
        }
    }

    private async Task PruneAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(PruneEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token)) _network.Prune();
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}
