using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Workloads;

/// <summary>Defaults and rules of LimitRanges.</summary>
internal static class LimitRangeAdmission
{
    public static LimitRange Default(LimitRange range)
    {
        var limits = Core.PodDefaults.Each(range.Spec.Limits, Fill);
        return limits == range.Spec.Limits ? range : range with { Spec = range.Spec with { Limits = limits } };
    }

    public static void Validate(LimitRange range, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        for (var i = 0; i < range.Spec.Limits.Count; i++)
        {
            using var inside = errors.In("limits", i);
            var item = range.Spec.Limits[i];
            if (item.Type is not ("Container" or "Pod")) errors.UnsupportedValue(item.Type, "type", "Container", "Pod");
            foreach (var (field, map) in (ReadOnlySpan<(string, StringMap)>)[("max", item.Max), ("min", item.Min), ("default", item.Default),
                         ("defaultRequest", item.DefaultRequest), ("maxLimitRequestRatio", item.MaxLimitRequestRatio)])
                foreach (var (name, value) in map)
                    if (!Quantity.IsValid(value)) errors.InvalidValue(value, $"{field}[{name}]", "quantities must be like 500m or 128Mi");
            if (item.Type == "Pod" && !item.Default.IsEmpty) errors.Forbidden("default", "may not be specified when `type` is 'Pod'");
            if (item.Type == "Pod" && !item.DefaultRequest.IsEmpty) errors.Forbidden("defaultRequest", "may not be specified when `type` is 'Pod'");
            InOrder(item.Min, item.Max, "min", "max", errors);
            InOrder(item.Min, item.DefaultRequest, "min", "default request", errors);
            InOrder(item.DefaultRequest, item.Default, "default request", "default limit", errors);
            InOrder(item.Default, item.Max, "default limit", "max", errors);
        }
    }

    // What is not said follows: a default limit from the most, a default request from the default limit, or from the least.
    private static LimitRangeItem Fill(LimitRangeItem item)
    {
        if (item.Type != "Container") return item;
        var limits = item.Max.With(item.Default);
        var requests = item.Min.With(limits).With(item.DefaultRequest);
        return limits == item.Default && requests == item.DefaultRequest ? item : item with { Default = limits, DefaultRequest = requests };
    }

    private static void InOrder(StringMap less, StringMap more, string lessName, string moreName, FieldErrors errors)
    {
        foreach (var (name, value) in less)
            if (more.Get(name) is { } most && Quantity.ValueOf(value) > Quantity.ValueOf(most))
                errors.InvalidValue(value, lessName, $"{lessName} value {value} is greater than {moreName} value {most}");
    }
}
