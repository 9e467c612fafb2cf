using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.RequestLogs;
using Kip.Runtime.Logs;

namespace Kip.Runtime.Pods;

/// <summary>Serves what containers wrote, with the kubelet's answers for what is not there.</summary>
internal sealed class PodLogs(PodWorkers workers, PodRequestLogs requests) : IPodLogs
{
    private const string DefaultContainer = "kubectl.kubernetes.io/default-container";

    public Task CopyToAsync(NamespacedName pod, PodLogOptions options, Stream destination, CancellationToken cancel)
    {
        if (workers.Find(pod) is not { } worker) throw ApiException.NotFound(Pod.Definition, pod.Name);
        var log = Choose(worker, options);
        return new LogCopy(log, options, destination).RunAsync(cancel);
    }

    private ContainerLog Choose(PodWorker worker, PodLogOptions options)
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
        if (slot is null && RequestLogContainer.IsMeant(pod, wanted)) return RequestsOf(worker, options);
        if (slot is null) throw ApiException.BadRequest($"container {wanted} is not valid for pod {pod.Metadata.Name}");
        if (options.Previous)
            return slot.PreviousLog
                ?? throw ApiException.BadRequest($"previous terminated container \"{wanted}\" in pod \"{pod.Metadata.Name}\" not found");
        var reason = slot.Facts.State.Waiting?.Reason ?? "ContainerCreating";
        return slot.Log ?? throw ApiException.BadRequest($"container \"{wanted}\" in pod \"{pod.Metadata.Name}\" is waiting to start: {reason}");
    }

    private ContainerLog RequestsOf(PodWorker worker, PodLogOptions options)
    {
        var name = worker.Pod.Metadata.Name;
        if (options.Previous) throw ApiException.BadRequest($"previous terminated container \"{RequestLogContainer.Name}\" in pod \"{name}\" not found");
        return worker.Requests.Read(requests.IsOn) ?? throw ApiException.BadRequest(
            $"container \"{RequestLogContainer.Name}\" in pod \"{name}\" stands for the platform's request log, which is off: "
            + "set logging.enable-request-log in config-observability to \"true\"");
    }
}
