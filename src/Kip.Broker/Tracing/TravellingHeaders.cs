using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Tracing;

/// <summary>What of a message's headers goes along with the event in it: Knative's own, and the trace context.</summary>
internal static class TravellingHeaders
{
    /// <param name="parent">The message's place in a trace, which is not among what is returned; null when it has none that is valid.</param>
    public static List<KeyValuePair<string, string>> Of(IEnumerable<KeyValuePair<string, string>> headers, out string? parent)
    {
        var travelling = new List<KeyValuePair<string, string>>(2);
        parent = null;
        foreach (var (name, value) in headers)
        {
            if (name.Equals(TraceContext.Parent, StringComparison.OrdinalIgnoreCase)) parent = value;
            else if (DeliveryHeaders.IsForwarded(name) || IsContext(name)) travelling.Add(new(name, value));
        }
        if (!TraceContext.IsValid(parent)) parent = null;
        return travelling;
    }

    /// <summary>Whether a header is a part of the trace context.</summary>
    public static bool IsContext(ReadOnlySpan<char> name) =>
        name.Equals(TraceContext.Parent, StringComparison.OrdinalIgnoreCase) || name.Equals("tracestate", StringComparison.OrdinalIgnoreCase)
        || name.Equals("baggage", StringComparison.OrdinalIgnoreCase);

    /// <summary>The same headers under another context.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Under(string? parent, IReadOnlyList<KeyValuePair<string, string>> headers) =>
        parent is null ? headers : [.. headers.Select(header => header.Key == TraceContext.Parent ? new(header.Key, parent) : header)];
}
