using System.Text.Json;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Quotas;

/// <summary>What a pod asks for in all.</summary>
public static class PodAmounts
{
    /// <summary>
    /// The sum over its containers, or the most that one init container asks for, whichever is more, and the pod's own overhead. A container that only
    /// states a limit requests as much; without any limit the overhead limits nothing.
    /// </summary>
    /// <param name="limits">Its limits; otherwise its requests.</param>
    public static Amount Of(PodSpec spec, string resource, bool limits)
    {
        var (together, sidecars, most) = (default(Amount), default(Amount), default(Amount));
        foreach (var container in spec.InitContainers)
        {
            var asked = Of(container, resource, limits) ?? default;
            // One that goes on running counts beside all that come after it.
            if (container.RestartPolicy == "Always") most = Amount.Max(most, sidecars += asked);
            else most = Amount.Max(most, sidecars + asked);
        }
        foreach (var container in spec.Containers) together += Of(container, resource, limits) ?? default;
        var asks = Amount.Max(together + sidecars, most);
        return spec.Overhead is null || (limits && asks == default) ? asks : asks + Overhead(spec.Overhead, resource);
    }

    /// <summary>What one container asks for; null when it does not say.</summary>
    public static Amount? Of(Container container, string resource, bool limits)
    {
        var resources = container.Resources;
        var text = limits ? resources?.Limits.Get(resource) : resources?.Requests.Get(resource) ?? resources?.Limits.Get(resource);
        return text is null ? null : Amount.Parse(text);
    }

    private static Amount Overhead(RawJson overhead, string resource)
    {
        using var amounts = JsonDocument.Parse(overhead.Text);
        return amounts.RootElement.ValueKind == JsonValueKind.Object && amounts.RootElement.TryGetProperty(resource, out var amount)
            && amount.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? Amount.Parse(amount.ToString())
            : default;
    }
}
