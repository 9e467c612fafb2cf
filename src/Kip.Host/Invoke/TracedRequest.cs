using System.Diagnostics;

namespace Kip.Host.Invoke;

/// <summary>The answer to a request that asked the gateway for its stages.</summary>
internal sealed record TracedAnswer(int Status, string Body, IReadOnlyList<Stage> Stages, TimeSpan Total);

/// <summary>Sends one request and reads the stages from its answer.</summary>
internal static class TracedRequest
{
    public static async Task<TracedAnswer> SendAsync(HttpClient client, Uri url, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add("Kip-Trace", "1");
        var started = Stopwatch.GetTimestamp();
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        var total = Stopwatch.GetElapsedTime(started);
        var stages = response.Headers.TryGetValues("Server-Timing", out var timing) ? ServerTiming.Parse(timing) : [];
        return new TracedAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancel), stages, total);
    }
}
