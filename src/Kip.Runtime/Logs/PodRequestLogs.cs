using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.RequestLogs;
using Kip.Runtime.Pods;
using Kip.Runtime.Probes;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Logs;

/// <summary>Takes the request log's lines pod by pod, so that each pod's can be read as Knative's: as the log of its container <c>queue-proxy</c>.</summary>
/// <remarks>Lines are taken without waiting and written behind; of those that come too fast for that, the newest are dropped and counted.</remarks>
public sealed partial class PodRequestLogs : IAsyncDisposable
{
    private const int MaxWaiting = 10_000;
    private const int MaxBatch = 1_000;

    private readonly Channel<(NamespacedName Pod, string Line)> _lines = Channel.CreateBounded<(NamespacedName, string)>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private readonly PodWorkers _workers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _writing;
    private long _lost;

    internal PodRequestLogs(PodWorkers workers, TimeProvider time, ILogger logger)
    {
        (_workers, _time, _logger) = (workers, time, logger);
        _writing = WriteAsync();
    }

    /// <summary>Whether lines are to be expected: the request log is on.</summary>
    public bool IsOn { get; set; }

    /// <summary>What a line about a probe says, once it was answered by HTTP.</summary>
    /// <value>Null: nothing is written of probes.</value>
    public RequestLogTemplate? Probes { get; set; }

    /// <summary>Takes a line about a request that a pod was sent.</summary>
    /// <param name="line">Without its end.</param>
    public void Write(NamespacedName pod, string line)
    {
        if (!_lines.Writer.TryWrite((pod, line))) Interlocked.Increment(ref _lost);
    }

    /// <summary>Writes down a probe of a container that requests go to.</summary>
    internal void Probed(ProbeTarget target, HttpGetAction get, ProbeAnswer answer, TimeSpan took)
    {
        if (Probes is not { } template || answer.Code is not { } code || !target.ServesRevision) return;
        Write(target.Pod.Key, template.Render(ProbeEntry.Of(target, get, code, took, _time.GetUtcNow())));
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        var batch = new Dictionary<NamespacedName, List<byte>>();
        while (await _lines.Reader.WaitToReadAsync())
        {
            for (var count = 0; count < MaxBatch && _lines.Reader.TryRead(out var next); count++)
            {
                ref var text = ref CollectionsMarshal.GetValueRefOrAddDefault(batch, next.Pod, out _);
                text ??= [];
                text.AddRange(Encoding.UTF8.GetBytes(next.Line));
                text.Add((byte)'\n');
            }
            foreach (var (pod, text) in batch) Store(pod, CollectionsMarshal.AsSpan(text));
            batch.Clear();
            if (Interlocked.Exchange(ref _lost, 0) is var lost and > 0) LogLost(lost);
        }
    }

    private void Store(NamespacedName pod, ReadOnlySpan<byte> lines)
    {
        try
        {
            // One that is gone has no log any more.
            _workers.Find(pod)?.Requests.Write(lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFailed(pod, e.Message);
        }
    }

    [LoggerMessage(618, LogLevel.Warning, "The request log of pod {pod} cannot be written: {reason}")]
    private partial void LogFailed(NamespacedName pod, string reason);

    [LoggerMessage(619, LogLevel.Warning, "{count} lines of pods' request logs were dropped: they came faster than they could be written")]
    private partial void LogLost(long count);
}
