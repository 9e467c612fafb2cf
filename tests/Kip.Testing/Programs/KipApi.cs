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
    public static HttpResources Connect(this KipProgram kip) => HttpResources.Connect(Kubeconfig.Load(kip.Kubeconfig).Resolve());

    /// <summary>Completes when the number of a service's ready pods is as wanted; a pod on its way out does not count, but must be gone for zero.</summary>
    public static async Task ReadyPodsAsync(this KipProgram kip, string service, Func<int, bool> wanted)
    {
        using var resources = kip.Connect();
        using var patience = new CancellationTokenSource(Patience);
        var options = new ListOptions { Namespace = "default", LabelSelector = $"serving.knative.dev/service={service}" };
        var pods = new Dictionary<string, Pod>();
        if (wanted(0) && (await resources.ListAsync(Pod.Definition, options, patience.Token)).Items.Count == 0) return;
        await foreach (var change in resources.WatchAsync(Pod.Definition, options, patience.Token))
        {
            if (change.Object is not Pod pod || change.Type == WatchEventType.Bookmark) continue;
            if (change.Type == WatchEventType.Deleted) pods.Remove(pod.Metadata.Name);
            else pods[pod.Metadata.Name] = pod;
            var ready = pods.Values.Count(static p => p.Metadata.DeletionTimestamp is null && IsReady(p));
            if (wanted(ready) && (ready > 0 || pods.Count == 0)) return;
        }
    }

    private static bool IsReady(Pod pod) =>
        pod.Status.Conditions.Any(static c => c is { Type: "Ready", Status: ConditionStatus.True });
}
