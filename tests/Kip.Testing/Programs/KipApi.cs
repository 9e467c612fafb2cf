using Kip.Client;
using Kip.Client.Http;
using Kip.Client.Kubeconfigs;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Testing.Programs;

/// <summary>The API of a running kip, as a client library sees it.</summary>
public static class KipApi
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Connects with the kubeconfig that kip wrote.</summary>
    public static HttpResources Connect(this KipProgram kip) =>
        HttpResources.Connect(Kubeconfig.Load(kip.Kubeconfig).Resolve(), new() { Timeout = Patience });

    /// <summary>Completes when the number of a service's ready pods is as wanted; a pod on its way out does not count, but must be gone for zero.</summary>
    public static Task ReadyPodsAsync(this KipProgram kip, string service, Func<int, bool> wanted) => kip.PodsAsync(service, pods =>
    {
        var ready = pods.Count(static p => p.Metadata.DeletionTimestamp is null && IsReady(p));
        return wanted(ready) && (ready > 0 || pods.Count == 0);
    });

    /// <summary>Completes when a service's pods, those on their way out included, are as wanted.</summary>
    public static async Task PodsAsync(this KipProgram kip, string service, Func<IReadOnlyCollection<Pod>, bool> wanted)
    {
        using var resources = kip.Connect();
        using var patience = new CancellationTokenSource(Patience);
        var options = new ListOptions { Namespace = "default", LabelSelector = $"serving.knative.dev/service={service}" };
        var list = await resources.ListAsync(Pod.Definition, options, patience.Token);
        var pods = list.Items.Cast<Pod>().ToDictionary(static p => p.Metadata.Name);
        if (wanted(pods.Values)) return;
        // From the list on, so that nothing goes unseen in between.
        await foreach (var change in resources.WatchAsync(Pod.Definition, options with { ResourceVersion = list.ResourceVersion }, patience.Token))
        {
            if (change.Object is not Pod pod || change.Type == WatchEventType.Bookmark) continue;
            if (change.Type == WatchEventType.Deleted) pods.Remove(pod.Metadata.Name);
            else pods[pod.Metadata.Name] = pod;
            if (wanted(pods.Values)) return;
        }
        throw new InvalidOperationException($"the watch ended before the pods of {service} were as wanted");
    }

    /// <summary>Whether the pod takes requests.</summary>
    public static bool IsReady(Pod pod) =>
        pod.Status.Conditions.Any(static c => c is { Type: "Ready", Status: ConditionStatus.True });
}
