using Kip.Brokers.DeadLetters;
using Kip.Brokers.EventTypes;
using Kip.Brokers.Records;
using Kip.Brokers.Sending;
using Kip.Brokers.Topics;
using Kip.Brokers.Tracing;
using Kip.Rules.Eventing.Delivery;
using Microsoft.Extensions.Logging;

namespace Kip.Brokers.Subscriptions;

/// <summary>Delivers a topic's events to one subscription, from where it stopped: at its own pace, holding up nobody.</summary>
/// <remarks>
/// Each attempt under way is one loop that takes the next event when it is done with its own, so no thread stands between an answer and the
/// next event. What there is to take is decided in <see cref="TryTake"/>; what becomes of it, in the other half of this class.
/// </remarks>
internal sealed partial class Subscriber : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TopicKey _topic;
    private readonly DeliveryQueue _queue;
    private readonly CongestionWindow _window;
    private readonly ReadAhead _ahead;
    private readonly TopicLog _log;
    private readonly DeadLetterStore _deadLetters;
    private readonly IEventSender _sender;
    private readonly Traces _traces;
    private readonly Instruments _instruments;
    private readonly EventTypeDiscovery _eventTypes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private volatile SubscriptionSpec _spec;
    // Up to here an event may have become a dead letter in an earlier life, later than its progress was written down.
    private readonly ulong _recoveredLast;
    private DateTimeOffset _sleepUntil = DateTimeOffset.MaxValue;
    private bool _reading;
    private readonly Action _saveProgress;
    // The last event that is for it: the end of the log at the moment it began to drain.
    private ulong _lastWanted = ulong.MaxValue;
    private bool _isHeld;
    private bool _stopped;

    public Subscriber(SubscriptionSpec spec, DeliveryQueue queue, SubscriberParts parts)
    {
        (_topic, _log, _deadLetters, _sender) = (parts.Topic, parts.Log, parts.DeadLetters, parts.Sender);
        (_traces, _instruments, _time, _logger) = (parts.Traces, parts.Instruments, parts.Time, parts.Logger);
        (_spec, _queue) = (spec, queue);
        _queue.Ordered = spec.Ordered;
        _window = new(spec.Concurrency);
        _ahead = new(_log);
        _recoveredLast = _log.Last;
        if (spec.IsDraining) _lastWanted = _log.Last;
        (_saveProgress, _eventTypes) = (parts.SaveProgress, parts.EventTypes);
    }

    public SubscriptionSpec Spec => _spec;

    /// <summary>Whether anything has changed since <see cref="Save"/> was called last.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>The oldest offset that it still needs.</summary>
    public ulong Oldest
    {
        get
        {
            lock (_lock) return _queue.Oldest;
        }
    }

    /// <summary>Whether everything that has come so far has ended.</summary>
    public bool IsDone
    {
        get
        {
            lock (_lock) return _queue is { InFlight: 0, Waiting: 0 } && _queue.Next > Math.Min(_log.Last, _lastWanted);
        }
    }

    /// <summary>Puts a changed Trigger or Subscription in force; attempts under way end as they began.</summary>
    public void Change(SubscriptionSpec spec)
    {
        lock (_lock)
        {
            if (spec.IsDraining && !_spec.IsDraining) _lastWanted = _log.Last;
            _spec = spec;
            _queue.Ordered = spec.Ordered;
            _window.Limit = spec.Concurrency;
        }
        Wake();
    }

    /// <summary>Begins as many attempts as there are events and places for them. To be called whenever there may be more of either.</summary>
    public void Wake()
    {
        while (TryTake(out var delivery, out var stored)) _ = RunAsync(delivery, stored);
    }

    /// <summary>How far it is, for the disk.</summary>
    public DeliveryQueueState Save()
    {
        lock (_lock)
        {
            IsDirty = false;
            return _queue.Save();
        }
    }

    /// <summary>How it stands with every event so far.</summary>
    public SubscriptionAccount Account()
    {
        lock (_lock)
        {
            var last = _log.Last;
            return new(_topic, _spec, _queue.Start, _queue.Cursor, last, _queue.Counts, _queue.InFlight, _queue.Waiting, _queue.Next, _window.IsBroken);
        }
    }

    /// <summary>Begins nothing more. What is under way ends unheard: it will be delivered again.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_stopped) return;
            _stopped = true;
        }
        _stop.Cancel();
        _ahead.Dispose();
        _stop.Dispose();
    }

    /// <summary>The next event to attempt now, if there is one and room for it. Its record is null when it has to be read again.</summary>
    private bool TryTake(out Delivery delivery, out StoredEvent? stored)
    {
        (delivery, stored) = (null!, null);
        lock (_lock)
        {
            if (_stopped || _isHeld || _spec.Subscriber is null || _queue.InFlight >= _window.Size) return false;
            var now = _time.GetUtcNow();
            if (_window.NotBefore > now) return SleepUntil_NeedsLock(_window.NotBefore);
            if (_queue.TakeDue(now) is { } due)
            {
                (delivery, stored) = (due, _log.Recent(due.Offset));
                return true;
            }
            if (_queue.CanRead && TryReadNext_NeedsLock(out stored))
            {
                delivery = _queue.Begin();
                IsDirty = true;
                return true;
            }
            return _queue.NextDue is { } next && SleepUntil_NeedsLock(next);
        }
    }

    private bool TryReadNext_NeedsLock(out StoredEvent? stored)
    {
        stored = null;
        var durable = Math.Min(_log.Durable, _lastWanted);
        while (_queue.Next <= durable && _queue.CanRead)
        {
            var next = _queue.Next;
            stored = _log.Recent(next) ?? _ahead.Take(next);
            if (stored is null)
            {
                StartReading_NeedsLock();
                return false;
            }
            if (stored.Offset > next)
            {
                _queue.Skip(stored.Offset - next, _ahead.Reason(next));
                IsDirty = true;
            }
            var isKept = IsKept(stored.Offset);
            if (!isKept && Passes(stored)) return true;
            _queue.Skip(1, isKept ? DeliveryFate.Stored : DeliveryFate.Filtered);
            IsDirty = true;
        }
        stored = null;
        return false;
    }

    private bool IsKept(ulong offset) => offset <= _recoveredLast && _deadLetters.Holds(_spec.Uid, offset);

    private bool Passes(StoredEvent stored)
    {
        var passes = _spec.Filter is not { } filter || filter(stored.Event);
        if (passes) _traces.Matched(_topic, stored.Offset, _spec);
        return passes;
    }

    private void StartReading_NeedsLock()
    {
        if (_reading) return;
        _reading = true;
        _ = ReadAsync(_queue.Next);
    }

    private async Task ReadAsync(ulong from)
    {
        // Reading blocks on the disk, and whoever woke us may be the thread that watches the sockets.
        await Task.Yield();
        try
        {
            _ahead.Fill(from);
        }
        catch (Exception failure) when (failure is IOException or Log.LogException or InvalidDataException)
        {
            LogCannotRead(failure, _topic, from);
            await Sleep(TimeSpan.FromSeconds(1));
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        lock (_lock) _reading = false;
        Wake();
    }

    // Always false: there is nothing to take now.
    private bool SleepUntil_NeedsLock(DateTimeOffset due)
    {
        if (due < _sleepUntil)
        {
            _sleepUntil = due;
            _ = WakeAtAsync(due);
        }
        return false;
    }

    private async Task WakeAtAsync(DateTimeOffset due)
    {
        await Task.Yield();
        var wait = due - _time.GetUtcNow();
        if (wait > TimeSpan.Zero) await Sleep(wait);
        lock (_lock)
        {
            if (_stopped) return;
            if (_sleepUntil == due) _sleepUntil = DateTimeOffset.MaxValue;
        }
        Wake();
    }

    private async Task Sleep(TimeSpan wait)
    {
        try
        {
            await Task.Delay(wait, _time, _stop.Token);
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException)
        {
            // Nothing begins any more.
        }
    }

    [LoggerMessage(700, LogLevel.Error, "The events of {topic} from {offset} on cannot be read; it will be tried again")]
    private partial void LogCannotRead(Exception failure, TopicKey topic, ulong offset);
}

/// <summary>What all subscriptions of a topic share.</summary>
internal sealed record SubscriberParts(
    TopicKey Topic, TopicLog Log, DeadLetterStore DeadLetters, IEventSender Sender, Traces Traces, Instruments Instruments,
    EventTypeDiscovery EventTypes, Action SaveProgress, TimeProvider Time, ILogger Logger);
