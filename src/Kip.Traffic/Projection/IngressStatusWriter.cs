using System.Net;
using System.Threading.Channels;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Networking;
using Microsoft.Extensions.Logging;

namespace Kip.Traffic.Projection;

/// <summary>Writes into each Ingress that the gateway serves it. Behind the table, never in its way.</summary>
/// <remarks>One entry per ingress is kept, the latest. A write that fails is tried again after a second, unless a newer state came meanwhile.</remarks>
internal sealed partial class IngressStatusWriter(IResources resources, Func<IPEndPoint> gateway, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, (Ingress Ingress, IReadOnlyCollection<NamespacedName> Missing)> _pending = [];
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ILogger _logger = loggers.CreateLogger<IngressStatusWriter>();

    /// <summary>Asks for an ingress's status to be written, if it says something else now.</summary>
    public void Report(Ingress ingress, IReadOnlyCollection<NamespacedName> missing)
    {
        lock (_lock) _pending[ingress.Key] = (ingress, missing);
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Writes what is asked for, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (await _signal.Reader.WaitToReadAsync(cancel))
            {
                _signal.Reader.TryRead(out _);
                if (await WriteAllAsync(cancel)) continue;
                await Task.Delay(RetryAfter, time, cancel);
                _signal.Writer.TryWrite(true);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task<bool> WriteAllAsync(CancellationToken cancel)
    {
        KeyValuePair<NamespacedName, (Ingress Ingress, IReadOnlyCollection<NamespacedName> Missing)>[] batch;
        lock (_lock)
        {
            batch = [.. _pending];
            _pending.Clear();
        }
        var allWritten = true;
        foreach (var (key, asked) in batch)
        {
            if (await WriteAsync(asked.Ingress, asked.Missing, cancel)) continue;
            allWritten = false;
            lock (_lock) _pending.TryAdd(key, asked);
        }
        return allWritten;
    }

    private async Task<bool> WriteAsync(Ingress ingress, IReadOnlyCollection<NamespacedName> missing, CancellationToken cancel)
    {
        var status = IngressStatusRule.Of(ingress, missing, gateway(), time.GetUtcNow());
        if (status == ingress.Status) return true;
        try
        {
            await resources.UpdateStatusAsync(ingress with { Status = status }, cancel);
            return true;
        }
        catch (ApiException e) when (e.IsConflict || e.IsNotFound)
        {
            // It has changed or gone since: the cache will say so, and it will be asked for again.
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e, ingress.Key, e.Message);
            return false;
        }
    }

    [LoggerMessage(410, LogLevel.Warning, "The status of ingress {ingress} could not be written and will be tried again: {reason}")]
    private partial void LogFailed(Exception e, NamespacedName ingress, string reason);
}
