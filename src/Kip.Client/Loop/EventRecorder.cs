using System.Threading.Channels;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Microsoft.Extensions.Logging;

namespace Kip.Client.Loop;

/// <summary>Writes the Events that tell people what happened to an object, off the path of the work itself.</summary>
/// <remarks>
/// The same event again raises the count of the first. An object gets 25 at once and one every five minutes after that (client-go's limits);
/// at most 1,000 wait to be written. What exceeds a limit is dropped: an event is a courtesy, never a state.
/// </remarks>
public sealed partial class EventRecorder
{
    private readonly Channel<(Edit.Record Record, string Component, DateTimeOffset Time)> _waiting =
        Channel.CreateBounded<(Edit.Record, string, DateTimeOffset)>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly EventSeries _series = new();
    private readonly IResources _resources;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public EventRecorder(IResources resources, TimeProvider time, ILoggerFactory loggers)
    {
        _resources = resources;
        _time = time;
        _logger = loggers.CreateLogger<EventRecorder>();
    }

    /// <summary>Hands over an event to be written. Never waits.</summary>
    /// <param name="record">What happened to what.</param>
    /// <param name="component">Who says so, e.g. <c>revision-controller</c>.</param>
    public void Record(Edit.Record record, string component) => _waiting.Writer.TryWrite((record, component, _time.GetUtcNow()));

    /// <summary>Writes what was handed over, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(cancel))
                while (_waiting.Reader.TryRead(out var next)) await WriteAsync(_series.Next(next.Record, next.Component, next.Time), cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // What was not written by now is not worth holding up the stop.
        }
    }

    private async Task WriteAsync(Event? next, CancellationToken cancel)
    {
        if (next is null) return;
        try
        {
            var stored = next.Count == 1
                ? await _resources.CreateAsync(next, cancel)
                : await _resources.UpdateAsync(next, cancel);
            _series.Written((Event)stored);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // It may have been deleted meanwhile: the next of its kind begins anew.
            _series.Lost(next);
            LogDropped(next.Reason, next.InvolvedObject.Kind, next.InvolvedObject.Name, e.Message);
        }
    }

    [LoggerMessage(120, LogLevel.Debug, "The event {reason} about {kind} {name} could not be written: {why}")]
    private partial void LogDropped(string? reason, string? kind, string? name, string why);
}
