using System.Diagnostics;
using Kip.Host.Invoke;
using Kip.Testing.Programs;

namespace Kip.Bench.Coldstart;

/// <summary>The first request of a service that sleeps: how long it took, and where.</summary>
internal sealed record ColdRequest(double Milliseconds, IReadOnlyList<Stage> Stages)
{
    public static async Task<ColdRequest> SendAsync(HttpClient client, KipProgram kip, string service)
    {
        var url = new Uri($"http://{service}.default.localhost:{kip.Gateway.Port}/");
        var started = Stopwatch.GetTimestamp();
        var answer = await TracedRequest.SendAsync(client, url, CancellationToken.None);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return answer.Status is >= 200 and < 300
            ? new(elapsed, answer.Stages)
            : throw new InvalidOperationException($"{url} answered {answer.Status}: {answer.Body}");
    }

    /// <summary>The median of each stage, in the order in which requests pass them.</summary>
    public static IEnumerable<(string Name, double Milliseconds)> MedianStages(IEnumerable<ColdRequest> requests) => requests
        .SelectMany(static request => request.Stages)
        .GroupBy(static stage => stage.Name, static stage => stage.Milliseconds)
        .Select(static stage => (stage.Key, Percentiles.Of(stage, 50)));
}
