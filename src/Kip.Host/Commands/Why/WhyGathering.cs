using Kip.Client;
using Kip.Client.Pods;
using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Admission;
using Kip.Rules.Scaling;
using Kip.Rules.Serving.Why;
using Route = Kip.Resources.Serving.Route;

namespace Kip.Host.Commands.Why;

/// <summary>Reads everything that bears on one service.</summary>
internal static class WhyGathering
{
    private const int TailLines = 200;

    // A line longer than this says nothing to a person; a log is not read into memory whole.
    private const int TailBytes = 64 * 1024;

    public static async Task<WhyView> SeeAsync(Connection connection, string name, CancellationToken cancel)
    {
        var service = await connection.ServiceAsync(name, cancel);
        var resources = connection.Resources;
        var (here, key) = (new ListOptions { Namespace = connection.Namespace }, service.Key);
        var mine = here with { LabelSelector = $"{ServingLabels.Service}={name}" };
        var revisions = await resources.ListAsync<Revision>(mine, cancel);
        var pods = await resources.ListAsync<Pod>(mine, cancel);
        var config = await resources.GetAsync<ConfigMap>(new(PlatformConfig.SystemNamespace, AutoscalerConfig.MapName), cancel);
        return new WhyView
        {
            Service = service,
            Configuration = await resources.GetAsync<Configuration>(key, cancel),
            Route = await resources.GetAsync<Route>(key, cancel),
            IngressClass = (await resources.GetAsync<Ingress>(key, cancel))?.Metadata.Annotations.Get(ServingAnnotations.IngressClass),
            Revisions = [.. revisions],
            Autoscalers = [.. await resources.ListAsync<PodAutoscaler>(mine, cancel)],
            Deployments = [.. await resources.ListAsync<Deployment>(mine, cancel)],
            Pods = [.. pods],
            Events = [.. await resources.ListAsync<Event>(here, cancel)],
            Logs = await LogsAsync(connection, pods, cancel),
            Decisions = await ScalingDecisions.OfAsync(connection, revisions, cancel),
            Autoscaler = config is not null && AutoscalerConfig.TryParse(config.Data, out var read, out _) ? read : AutoscalerConfig.Default,
            Now = TimeProvider.System.GetUtcNow(),
        };
    }

    private static async Task<Dictionary<string, IReadOnlyList<string>>> LogsAsync(Connection connection, IReadOnlyList<Pod> pods, CancellationToken cancel)
    {
        var logs = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var newest in pods.Where(static p => p.Metadata.Labels.ContainsKey(ServingLabels.Revision))
            .GroupBy(static p => p.Metadata.Labels[ServingLabels.Revision]).Select(static g => g.MaxBy(static p => p.Metadata.CreationTimestamp)!))
            logs[newest.Metadata.Labels[ServingLabels.Revision]] = await TailAsync(connection, newest, cancel);
        return logs;
    }

    // A container that is about to be started again says nothing yet; then its last life's words are what is wanted.
    private static async Task<IReadOnlyList<string>> TailAsync(Connection connection, Pod pod, CancellationToken cancel)
    {
        var present = await ReadAsync(connection, pod, previous: false, cancel);
        return present.Count > 0 || pod.Status.ContainerStatuses.All(static c => c.RestartCount == 0)
            ? present
            : await ReadAsync(connection, pod, previous: true, cancel);
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(Connection connection, Pod pod, bool previous, CancellationToken cancel)
    {
        try
        {
            var options = new PodLogOptions { TailLines = TailLines, LimitBytes = TailBytes, Previous = previous };
            using var reader = new StreamReader(await connection.OpenLogAsync(pod.Metadata.Name, options, cancel));
            return (await reader.ReadToEndAsync(cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (ApiException)
        {
            // It has not started, or is gone: there is nothing that it said.
            return [];
        }
    }
}
