using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;

namespace Kip.Client.Loop;

/// <summary>Decides what to write for an event: a new object, a higher count, or nothing. Plain state, the clock passed in.</summary>
internal sealed class EventSeries
{
    private const double Burst = 25;
    private static readonly TimeSpan Refill = TimeSpan.FromMinutes(5);

    private readonly RecentMap<(ObjectReference About, string Type, string Reason, string Message), Event> _last = new(4096);
    private readonly RecentMap<string, (double Tokens, DateTimeOffset Time)> _limits = new(4096);
    private long _lastName;

    /// <summary>The Event object to create (count 1) or to update (a higher count), or null when its object has had too many.</summary>
    public Event? Next(Edit.Record record, string component, DateTimeOffset now)
    {
        var about = ReferenceTo(record.About);
        if (!TryTakeToken($"{component}/{about.Kind}/{about.Namespace}/{about.Name}", now)) return null;
        return _last.TryGet((about, record.Type, record.Reason, record.Message), out var last)
            ? last with { Count = last.Count + 1, LastTimestamp = now }
            : First(record, about, component, now);
    }

    /// <summary>The event was stored: the next of its kind counts on from it.</summary>
    public void Written(Event stored) => _last.Set(SeriesOf(stored), stored);

    /// <summary>The event was not stored: the next of its kind is a new one.</summary>
    public void Lost(Event lost) => _last.Remove(SeriesOf(lost));

    private static (ObjectReference, string, string, string) SeriesOf(Event e) => (e.InvolvedObject, e.Type!, e.Reason!, e.Message!);

    private static ObjectReference ReferenceTo(Resource about) => new()
    {
        ApiVersion = about.ApiVersion,
        Kind = about.Kind,
        Namespace = about.Metadata.Namespace.Length == 0 ? null : about.Metadata.Namespace,
        Name = about.Metadata.Name,
        Uid = about.Metadata.Uid,
    };

    private Event First(Edit.Record record, ObjectReference about, string component, DateTimeOffset now) => new()
    {
        Metadata = new ObjectMeta { Name = $"{about.Name}.{NextName(now):x16}", Namespace = about.Namespace ?? "default" },
        InvolvedObject = about,
        Type = record.Type,
        Reason = record.Reason,
        Message = record.Message,
        Source = new EventSource { Component = component },
        ReportingComponent = component,
        FirstTimestamp = now,
        LastTimestamp = now,
        Count = 1,
    };

    // The time in nanoseconds, as client-go names events; two in the same tick still differ.
    private long NextName(DateTimeOffset now) =>
        _lastName = Math.Max(_lastName + 1, (now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * TimeSpan.NanosecondsPerTick);

    private bool TryTakeToken(string source, DateTimeOffset now)
    {
        var (tokens, time) = _limits.TryGet(source, out var known) ? known : (Burst, now);
        tokens = Math.Min(Burst, tokens + ((now - time) / Refill));
        var granted = tokens >= 1;
        _limits.Set(source, (granted ? tokens - 1 : tokens, now));
        return granted;
    }
}
