using System.Globalization;
using Kip.Brokers.Topics;
using Kip.CloudEvents;
using Kip.Rules.Eventing.Cesql;

namespace Kip.Brokers.Api;

/// <summary>Which of a topic's events are meant.</summary>
/// <param name="From">The first offset.</param>
/// <param name="To">The last offset; null: no end.</param>
internal sealed record EventRange(ulong From, ulong? To, Func<CloudEvent, bool> Filter)
{
    /// <param name="from">An offset or a time; empty: <paramref name="otherwise"/>.</param>
    /// <exception cref="Client.ApiException">400: one of them cannot be read.</exception>
    public static EventRange Read(Topic topic, string? from, string? to, string? filter, ulong otherwise)
    {
        var first = string.IsNullOrEmpty(from) ? otherwise : OffsetOf(topic, "from", from);
        // What is asked for by time ends before the first event of that time; by offset it includes it.
        ulong? last = string.IsNullOrEmpty(to)
            ? null
            : ulong.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : OffsetOf(topic, "to", to) - 1;
        return new(Math.Max(first, topic.Log.First), last, FilterOf(filter));
    }

    private static ulong OffsetOf(Topic topic, string field, string text)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)) return offset;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return topic.Log.FirstAt(time);
        throw JsonLines.Bad($"{field} is \"{text}\", which is neither an offset nor a time such as 2026-01-31T12:00:00Z");
    }

    private static Func<CloudEvent, bool> FilterOf(string? filter)
    {
        if (string.IsNullOrEmpty(filter)) return static _ => true;
        return CesqlExpression.TryParse(filter, out var expression, out var error)
            ? expression.Matches
            : throw JsonLines.Bad($"the filter is no CESQL expression: {error}");
    }
}
