using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.Filters;
using Kip.Tests.Eventing.Cesql;

namespace Kip.Tests.Eventing.Filters;

/// <summary>Filters as YAML would give them.</summary>
internal static class FilterCases
{
    internal static SubscriptionsApiFilter Exact(string name, string value) => new() { Exact = StringMap.Of((name, value)) };

    internal static SubscriptionsApiFilter Prefix(string name, string value) => new() { Prefix = StringMap.Of((name, value)) };

    internal static SubscriptionsApiFilter Suffix(string name, string value) => new() { Suffix = StringMap.Of((name, value)) };

    internal static SubscriptionsApiFilter Sql(string text) => new() { Cesql = text };

    internal static SubscriptionsApiFilter All(params SubscriptionsApiFilter[] filters) => new() { All = [.. filters] };

    internal static SubscriptionsApiFilter Any(params SubscriptionsApiFilter[] filters) => new() { Any = [.. filters] };

    internal static SubscriptionsApiFilter Not(SubscriptionsApiFilter filter) => new() { Not = filter };

    internal static EventFilter Compile(params SubscriptionsApiFilter[] filters) => EventFilter.Compile([.. filters], default);

    /// <summary>Whether an event with these members passes the filters.</summary>
    internal static bool Passes(string members, params SubscriptionsApiFilter[] filters) => Compile(filters).Matches(CesqlCases.Event(members));
}
