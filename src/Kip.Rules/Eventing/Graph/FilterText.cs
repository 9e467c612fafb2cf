using Kip.Resources;
using Kip.Resources.Eventing;

namespace Kip.Rules.Eventing.Graph;

/// <summary>A Trigger's filter in a few words.</summary>
public static class FilterText
{
    private const int Longest = 60;

    /// <summary>The filter, shortened where it is long; empty when everything passes.</summary>
    public static string Of(TriggerSpec spec)
    {
        var text = spec.Filters.Count > 0 ? Join(spec.Filters, " AND ") : Map(spec.Filter?.Attributes ?? default, "", "");
        return text.Length <= Longest ? text : text[..(Longest - 1)] + "…";
    }

    private static string Of(SubscriptionsApiFilter filter)
    {
        if (filter.Cesql is { Length: > 0 } cesql) return cesql;
        if (!filter.Exact.IsEmpty) return Map(filter.Exact, "", "");
        if (!filter.Prefix.IsEmpty) return Map(filter.Prefix, "", "*");
        if (!filter.Suffix.IsEmpty) return Map(filter.Suffix, "*", "");
        if (filter.All.Count > 0) return $"({Join(filter.All, " AND ")})";
        if (filter.Any.Count > 0) return $"({Join(filter.Any, " OR ")})";
        return filter.Not is { } inner ? $"NOT {Of(inner)}" : "";
    }

    private static string Join(ValueList<SubscriptionsApiFilter> filters, string word) =>
        string.Join(word, filters.Select(Of).Where(static text => text.Length > 0));

    private static string Map(StringMap wanted, string before, string after) =>
        string.Join(", ", wanted.Select(pair => $"{pair.Key}={before}{(pair.Value.Length == 0 ? "*" : pair.Value)}{after}"));
}
