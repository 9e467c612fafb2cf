using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Logs;

namespace Kip.Runtime.Pods;

/// <summary>Serves what containers wrote, with the kubelet's answers for what is not there.</summary>
internal sealed class PodLogs(PodWorkers workers) : IPodLogs
{
    private const string DefaultContainer = "kubectl.kubernetes.io/default-container";

    public Task CopyToAsync(NamespacedName pod, PodLogOptions options, Stream destination, CancellationToken cancel)
    {
        if (workers.Find(pod) is not { } worker) throw ApiException.NotFound(Pod.Definition, pod.Name);
        var log = Choose(worker, options);
        return new LogCopy(log, options, destination).RunAsync(cancel);
    }

    private static ContainerLog Choose(PodWorker worker, PodLogOptions options)
    {
        var pod = worker.Pod;
        var wanted = options.Container is { Length: > 0 } named ? named : pod.Metadata.Annotations.Get(DefaultContainer);
        var names = pod.Spec.Containers.Select(static c => c.Name).ToArray();
        if (string.IsNullOrEmpty(wanted))
        {
            if (names.Length > 1)
                throw ApiException.BadRequest($"a container name must be specified for pod {pod.Metadata.Name}, choose one of: [{string.Join(' ', names)}]");
            wanted = names.FirstOrDefault() ?? "";
        }
        var slot = worker.Containers.All.FirstOrDefault(s => s.Container.Name == wanted);
        if (slot is null) throw ApiException.BadRequest($"container {wanted} is not valid for pod {pod.Metadata.Name}");
        if (options.Previous)
            return slot.PreviousLog
                ?? throw ApiException.BadRequest($"previous terminated container \"{wanted}\" in pod \"{pod.Metadata.Name}\" not found");
        var reason = slot.Facts.State.Waiting?.Reason ?? "ContainerCreating";
        return slot.Log ?? throw ApiException.BadRequest($"container \"{wanted}\" in pod \"{pod.Metadata.Name}\" is waiting to start: {reason}");
    }
}
