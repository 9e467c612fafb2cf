using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Bench;

/// <summary>Services that are applied asleep: Ready at zero replicas, woken by their first request.</summary>
internal static class SleepingServices
{
    private static readonly StringMap Asleep = StringMap.Of(("autoscaling.knative.dev/initial-scale", "0"));

    public static Service Make(string name, string image) => new()
    {
        Metadata = new() { Namespace = "default", Name = name },
        Spec = new()
        {
            Template = new()
            {
                Metadata = new() { Annotations = Asleep },
                Spec = new() { Containers = [new Container { Image = image }] },
            },
        },
    };

    /// <summary>Applies services <c>prefix-0</c>… with some writers at a time and completes when all are Ready.</summary>
    public static async Task ApplyAsync(IResources resources, string prefix, int from, int count, string image, CancellationToken cancel)
    {
        var ready = WaitReadyAsync(resources, prefix, from, count, cancel);
        await Parallel.ForEachAsync(
            Enumerable.Range(from, count), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancel },
            async (i, token) => await resources.CreateAsync(Make($"{prefix}-{i}", image), token));
        await ready;
    }

    private static async Task WaitReadyAsync(IResources resources, string prefix, int from, int count, CancellationToken cancel)
    {
        var missing = Enumerable.Range(from, count).Select(i => $"{prefix}-{i}").ToHashSet();
        await foreach (var change in resources.WatchAsync(Service.Definition, new ListOptions { Namespace = "default" }, cancel))
        {
            if (change.Object is not Service service || !IsReady(service)) continue;
            missing.Remove(service.Metadata.Name);
            if (missing.Count == 0) return;
        }
        throw new InvalidOperationException($"the watch ended with {missing.Count} services not ready, e.g. {missing.First()}");
    }

    private static bool IsReady(Service service) =>
        service.Status.ObservedGeneration == service.Metadata.Generation
        && service.Status.Conditions.Any(static c => c.Type == "Ready" && c.Status == ConditionStatus.True);
}
