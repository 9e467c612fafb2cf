using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Rules.Serving;

/// <summary>The annotation that lists the Routes which refer to an object: names, sorted, with commas between.</summary>
public static class RouteList
{
    /// <summary>The Routes that an object says refer to it.</summary>
    public static string[] Of(ObjectMeta metadata) => Split(metadata.Annotations.Get(ServingAnnotations.Routes));

    /// <summary>The list with one more name.</summary>
    public static string Add(string? list, string route) => Join(Split(list).Append(route));

    /// <summary>The list without a name; null when none is left.</summary>
    public static string? Remove(string? list, string route)
    {
        var rest = Split(list).Where(r => r != route).ToArray();
        return rest.Length == 0 ? null : Join(rest);
    }

    private static string[] Split(string? list) =>
        string.IsNullOrEmpty(list) ? [] : list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Join(IEnumerable<string> routes) => string.Join(',', routes.Distinct().Order(StringComparer.Ordinal));
}
