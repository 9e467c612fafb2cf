using System.Diagnostics;

namespace Kip.Host.Quickstart;

/// <summary>How a burst of requests went.</summary>
internal sealed record BurstResult(int Succeeded, int Failed, string? FirstFailure, TimeSpan Elapsed);

/// <summary>Sends a number of requests, so many at a time.</summary>
internal static class Burst
{
    public static async Task<BurstResult> RunAsync(HttpClient client, Uri url, int requests, int atATime, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var succeeded = 0;
        var failed = 0;
        string? failure = null;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, requests), new ParallelOptions { MaxDegreeOfParallelism = atATime, CancellationToken = cancel },
            async (_, token) =>
            {
                if (await FailureOfAsync(client, url, token) is not { } why) Interlocked.Increment(ref succeeded);
                else
                {
                    Interlocked.Increment(ref failed);
                    Interlocked.CompareExchange(ref failure, why, null);
                }
            });
        return new BurstResult(succeeded, failed, failure, watch.Elapsed);
    }

    private static async Task<string?> FailureOfAsync(HttpClient client, Uri url, CancellationToken cancel)
    {
        try
        {
            using var response = await client.GetAsync(url, cancel);
            return response.IsSuccessStatusCode ? null : $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancel)}";
        }
        catch (HttpRequestException error)
        {
            return error.Message;
        }
    }
}
