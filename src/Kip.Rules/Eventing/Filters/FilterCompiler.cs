using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.Cesql;

namespace Kip.Rules.Eventing.Filters;

/// <summary>Makes filters' compiled form. A filter that imposes nothing has none.</summary>
internal static class FilterCompiler
{
    internal static FilterNode? All(ValueList<SubscriptionsApiFilter> filters) => Children(filters) switch
    {
        [] => null,
        [var only] => only,
        var several => new AllFilter(several),
    };

    internal static FilterNode Attributes(StringMap attributes) => new TextFilter(TextMatch.ExactOrAny, [.. attributes]);

    private static FilterNode? Compile(SubscriptionsApiFilter filter)
    {
        if (filter.Cesql is { Length: > 0 } text)
            return CesqlExpression.TryParse(text, out var expression, out _) ? new CesqlFilter(expression) : new NothingPasses();
        if (!filter.Exact.IsEmpty) return Text(TextMatch.Exact, filter.Exact);
        if (!filter.Prefix.IsEmpty) return Text(TextMatch.Prefix, filter.Prefix);
        if (!filter.Suffix.IsEmpty) return Text(TextMatch.Suffix, filter.Suffix);
        if (filter.All.Count > 0) return All(filter.All);
        if (filter.Any.Count > 0) return Any(filter.Any);
        return filter.Not is { } inner && Compile(inner) is { } compiled ? new NotFilter(compiled) : null;
    }

    private static FilterNode? Any(ValueList<SubscriptionsApiFilter> filters) => Children(filters) switch
    {
        [] => null,
        [var only] => only,
        var several => new AnyFilter(several),
    };

    // Knative passes over a map that holds an empty name or value.
    private static TextFilter? Text(TextMatch match, StringMap wanted)
    {
        foreach (var (name, value) in wanted)
        {
            if (name.Length == 0 || value.Length == 0) return null;
        }
        return new TextFilter(match, [.. wanted]);
    }

    private static FilterNode[] Children(ValueList<SubscriptionsApiFilter> filters)
    {
        var children = new List<FilterNode>();
        foreach (var filter in filters)
        {
            if (Compile(filter) is { } child) children.Add(child);
        }
        return [.. children];
    }
}
