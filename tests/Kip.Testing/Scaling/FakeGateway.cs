using System.Threading.Channels;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Scaling;
using Kip.Traffic.Stats;

namespace Kip.Testing.Scaling;

/// <summary>Plays the gateway for one revision: requests wait for a ready pod with room, and are reported as the real one reports them.</summary>
public sealed class FakeGateway
{
    private readonly TimeProvider _time;
    private readonly IIndexer<Pod> _pods;
    private readonly NamespacedName _revision;
    private readonly ChannelWriter<RevisionStat> _stats;
    private readonly ConcurrencyMeter _meter;
    private readonly Queue<(TimeSpan Service, TaskCompletionSource Done)> _waiting = [];
    private bool _isReporting;

    public FakeGateway(NamespacedName revision, InformerSet informers, ChannelWriter<RevisionStat> stats, TimeProvider time)
    {
        _revision = revision;
        _stats = stats;
        _time = time;
        _pods = informers.Get<Pod>();
        _meter = new ConcurrencyMeter(revision, time);
        informers.Subscribe<Pod>(_ => Dispatch());
    }

    /// <summary>Requests that a pod handles at a time.</summary>
    public int PodConcurrency { get; set; } = 10;

    /// <summary>Requests waiting or being handled.</summary>
    public int InFlight { get; private set; }

    /// <summary>Requests being handled.</summary>
    public int Running { get; private set; }

    /// <summary>Requests answered.</summary>
    public int Served { get; private set; }

    /// <summary>When a request last came or went.</summary>
    public DateTimeOffset LastActivity { get; private set; }

    public int ReadyPods => PodCounts.Of(_pods.WithLabel(_revision.Namespace, "serving.knative.dev/revision", _revision.Name)).Ready;

    /// <summary>Sends a request that keeps a pod busy for so long; completes when it has been answered.</summary>
    public async Task RequestAsync(TimeSpan service)
    {
        InFlight++;
        LastActivity = _time.GetUtcNow();
        if (_meter.Enter())
        {
            if (!_isReporting) _ = ReportAsync();
            _stats.TryWrite(_meter.Poke());
        }
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((service, done));
        Dispatch();
        await done.Task;
        _meter.Leave();
        InFlight--;
        Served++;
        LastActivity = _time.GetUtcNow();
    }

    private void Dispatch()
    {
        while (_waiting.Count > 0 && Running < ReadyPods * PodConcurrency)
        {
            var (service, done) = _waiting.Dequeue();
            Running++;
            _ = HandleAsync(service, done);
        }
    }

    private async Task HandleAsync(TimeSpan service, TaskCompletionSource done)
    {
        await Task.Delay(service, _time);
        Running--;
        done.SetResult();
        Dispatch();
    }

    private async Task ReportAsync()
    {
        _isReporting = true;
        var idle = false;
        while (!idle)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _time);
            _stats.TryWrite(_meter.Report(out _, out idle));
        }
        _isReporting = false;
    }
}
