using Kip.Client;
using Kip.Client.Pods;
using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Host.Logs;

/// <summary>The logs of all pods of a service.</summary>
internal static class ServiceLogs
{
    /// <summary>Prints what the present pods wrote, one pod after the other.</summary>
    public static async Task PrintAsync(Connection connection, string service, string selector, PodLogOptions request, CancellationToken cancel)
    {
        var options = new ListOptions { Namespace = connection.Namespace, LabelSelector = selector };
        var pods = await connection.Resources.ListAsync<Pod>(options, cancel);
        if (pods.Count == 0)
            Console.Error.WriteLine($"service \"{service}\" has no pods now (it sleeps until a request comes); follow with: kip logs {service} -f");
        foreach (var pod in pods)
            await PodLogPrinter.PrintAsync(connection, pod.Metadata.Name, request, pods.Count > 1 ? pod.Metadata.Name : null, cancel);
    }

    /// <summary>Prints what present and later pods write, until cancelled.</summary>
    public static async Task FollowAsync(Connection connection, string selector, PodLogOptions request, CancellationToken cancel)
    {
        var options = new ListOptions { Namespace = connection.Namespace, LabelSelector = selector };
        var printing = new Dictionary<string, Task>();
        await foreach (var change in connection.Resources.WatchAsync(Pod.Definition, options, cancel))
        {
            if (change.Object is not Pod pod || change.Type is WatchEventType.Deleted or WatchEventType.Bookmark || !HasStarted(pod)) continue;
            var uid = pod.Metadata.Uid ?? "";
            if (!printing.ContainsKey(uid))
                printing[uid] = FollowPodAsync(connection, pod.Metadata.Name, request, cancel);
        }
        await Task.WhenAll(printing.Values);
    }

    private static bool HasStarted(Pod pod) => pod.Status.ContainerStatuses.Any(static s => s.State?.Running is not null);

    private static async Task FollowPodAsync(Connection connection, string pod, PodLogOptions request, CancellationToken cancel)
    {
        try
        {
            await PodLogPrinter.PrintAsync(connection, pod, request, pod, cancel);
        }
        catch (ApiException gone) when (gone.IsNotFound)
        {
            // It ended between the watch and the call; there is nothing more to print.
        }
    }
}
