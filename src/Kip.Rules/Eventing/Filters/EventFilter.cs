using Kip.CloudEvents;
using Kip.Resources;
using Kip.Resources.Eventing;

namespace Kip.Rules.Eventing.Filters;

/// <summary>
/// A Trigger's filter, compiled once and asked for any number of events, by any number of threads. Asking does not throw.
/// </summary>
public sealed class EventFilter
{
    private readonly FilterNode? _root;

    private EventFilter(FilterNode? root) => _root = root;

    /// <value>The filter that lets everything pass.</value>
    public static EventFilter All { get; } = new(null);

    /// <summary>The filter of a Trigger: <c>filters</c> where there are any, else <c>filter.attributes</c>, else none.</summary>
    public static EventFilter Compile(TriggerSpec spec) => Compile(spec.Filters, spec.Filter?.Attributes ?? default);

    /// <summary>
    /// The filter that these make: all of <paramref name="filters"/> where there are any, else <paramref name="attributes"/>.
    /// </summary>
    /// <remarks>
    /// What admission would have refused is taken as Knative takes it: empty names and values are passed over, and an expression that does not
    /// parse lets nothing pass.
    /// </remarks>
    public static EventFilter Compile(ValueList<SubscriptionsApiFilter> filters, StringMap attributes)
    {
        if (filters.Count > 0) return new(FilterCompiler.All(filters));
        return attributes.IsEmpty ? All : new(FilterCompiler.Attributes(attributes));
    }

    /// <summary>Whether the event passes. Only a filter that fails holds it back; one that imposes nothing does not.</summary>
    public bool Matches(CloudEvent cloudEvent) => _root is null || _root.Evaluate(cloudEvent) != FilterResult.Fail;
}
