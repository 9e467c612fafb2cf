using System.Threading.Channels;
using Kip.Client;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Rules.Scaling;
using Microsoft.Extensions.Logging;

namespace Kip.Controllers.Scaling;

/// <summary>The autoscaler: reports in, numbers of pods out. It alone touches the revisions' deciders.</summary>
/// <remarks>
/// Every 2 s it decides for the revisions that are awake; a sleeping one costs nothing but its entry. The first report of a request to a
/// sleeping revision is decided at once and the Deployment's scale is written at once: the path of a cold start. The status follows through
/// the reconciler, which <see cref="Decided"/> tells.
/// </remarks>
public sealed class AutoscalerLoop
{
    /// <summary>How often awake revisions are decided upon.</summary>
    public static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(2);

    private readonly InformerSet _informers;
    private readonly ChannelReader<RevisionStat> _stats;
    private readonly TimeProvider _time;
    private readonly LookRequests _looks = new();
    private readonly Deciders _deciders;

    /// <param name="informers">The caches read here; start them before or after.</param>
    /// <param name="resources">Where Deployments are scaled.</param>
    /// <param name="stats">The gateway's reports.</param>
    /// <param name="time">The clock of all decisions, and of the tick.</param>
    /// <param name="loggers">It logs as <c>Kip.Autoscaler</c>.</param>
    public AutoscalerLoop(
        InformerSet informers, IResources resources, ChannelReader<RevisionStat> stats, TimeProvider time, ILoggerFactory loggers)
    {
        _informers = informers;
        _stats = stats;
        _time = time;
        var logger = loggers.CreateLogger("Kip.Autoscaler");
        Caches = new ScalingCaches(informers, logger);
        _deciders = new Deciders(Caches, new ScaleWriter(resources, logger), time, logger, key => Decided?.Invoke(key));
    }

    /// <summary>Called on the loop when another number of pods is wanted for a revision than before. Must be quick.</summary>
    public event Action<NamespacedName>? Decided;

    /// <summary>How many revisions are known, and how many of them are decided upon at each tick.</summary>
    public (int Known, int Awake) Count => (_deciders.Entries.Count, _deciders.AwakeCount);

    internal ScalingCaches Caches { get; }

    internal IEnumerable<DeciderEntry> Entries => _deciders.Entries.Values;

    /// <summary>Pods that the load calls for; null before the first decision.</summary>
    public int? DesiredOf(NamespacedName revision) =>
        _deciders.Entries.TryGetValue(revision, out var entry) ? entry.Last?.Desired : null;

    /// <summary>The last decisions about a revision that changed something, oldest first, and the last of all.</summary>
    public IReadOnlyList<ScaleDecision> DecisionsOf(NamespacedName revision) =>
        _deciders.Entries.TryGetValue(revision, out var entry) ? entry.History() : [];

    /// <summary>Tells that a PodAutoscaler, its pods or its settings have changed, came or went. Returns at once.</summary>
    public void Look(NamespacedName revision) => _looks.Add(revision);

    /// <summary>Decides until cancelled. Waits for the caches first.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            await _informers.WaitForSyncAsync(cancel);
            using var timer = new PeriodicTimer(TickPeriod, _time);
            var stat = WaitAsync(_stats, cancel);
            var look = WaitAsync(_looks.Signal, cancel);
            var tick = NextAsync(timer, cancel);
            while (true)
            {
                await Task.WhenAny(stat, look, tick);
                // Reports come first: a decision should know all that is known.
                if (stat.IsCompleted)
                {
                    var goesOn = await stat;
                    while (_stats.TryRead(out var report)) _deciders.Report(report, cancel);
                    stat = goesOn ? WaitAsync(_stats, cancel) : new TaskCompletionSource<bool>().Task;
                }
                if (look.IsCompleted)
                {
                    await look;
                    foreach (var key in _looks.Take()) _deciders.Look(key, cancel);
                    look = WaitAsync(_looks.Signal, cancel);
                }
                if (tick.IsCompleted)
                {
                    await tick;
                    _deciders.Tick(cancel);
                    tick = NextAsync(timer, cancel);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Stopped. What was decided is in the Deployments; the next start begins from the pods that it finds.
        }
    }

    // Async methods and not AsTask(), which would complete them on the thread pool and take a one-thread simulation there.
    private static async Task<bool> WaitAsync<T>(ChannelReader<T> reader, CancellationToken cancel) => await reader.WaitToReadAsync(cancel);

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancel) => await timer.WaitForNextTickAsync(cancel);
}
