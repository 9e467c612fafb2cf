using System.Diagnostics;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Host.Quickstart;

/// <summary>Follows how many pods a service has.</summary>
internal sealed class PodCount(Connection connection, string service)
{
    private readonly ListOptions _options = new()
    {
        Namespace = connection.Namespace, LabelSelector = $"serving.knative.dev/service={service}",
    };

    /// <summary>The most pods that there were at one time until cancelled, ready or about to be.</summary>
    /// <param name="say">Told with each change how many there are, and how many of these are ready.</param>
    public async Task<int> MostAsync(Action<int, int> say, CancellationToken cancel)
    {
        var most = 0;
        try
        {
            await foreach (var pods in ChangesAsync(cancel))
            {
                say(pods.Count, pods.Count(static p => p.Status.Conditions.IsTrue("Ready")));
                most = Math.Max(most, pods.Count);
            }
        }
        catch (OperationCanceledException)
        {
            // The burst is over.
        }
        return most;
    }

    /// <summary>Completes when there is no pod, with the time it took.</summary>
    public async Task<TimeSpan> UntilNoneAsync(Action<int> say, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var present = await connection.Resources.ListAsync(Pod.Definition, _options, cancel);
        if (present.Items.Count == 0) return watch.Elapsed;
        await foreach (var pods in ChangesAsync(cancel))
        {
            say(pods.Count);
            if (pods.Count == 0) break;
        }
        return watch.Elapsed;
    }

    /// <summary><c>1 pod</c>, <c>2 pods</c>.</summary>
    public static string Text(int pods) => pods == 1 ? "1 pod" : $"{pods} pods";

    private async IAsyncEnumerable<IReadOnlyCollection<Pod>> ChangesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var pods = new Dictionary<string, Pod>();
        await foreach (var change in connection.Resources.WatchAsync(Pod.Definition, _options, cancel))
        {
            if (change.Type == WatchEventType.Bookmark || change.Object is not Pod pod) continue;
            if (change.Type == WatchEventType.Deleted) pods.Remove(pod.Metadata.Name);
            else pods[pod.Metadata.Name] = pod;
            yield return pods.Values;
        }
    }
}
