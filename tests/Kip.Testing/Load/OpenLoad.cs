using System.Diagnostics;

namespace Kip.Testing.Load;

/// <summary>One answer: when it was asked for, how long it took, what it was.</summary>
/// <param name="At">Seconds from the load's start to the request.</param>
/// <param name="Seconds">From the request to the end of the answer, or until the client gave up.</param>
/// <param name="Status">The answer's status; 0 when the client gave up, -1 when the connection failed.</param>
/// <param name="RetryAfter">Whether it says when to come again.</param>
public readonly record struct Answered(double At, double Seconds, int Status, bool RetryAfter);

/// <summary>Clients who come at a constant rate whether or not others are served, and who go when they have waited too long: a crowd, not a queue.</summary>
public static class OpenLoad
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    /// <summary>Sends GET requests for a while and returns all answers in the order of their requests.</summary>
    /// <param name="patience">After so long a client gives up.</param>
    public static async Task<IReadOnlyList<Answered>> RunAsync(HttpClient client, Uri url, double perSecond, TimeSpan duration, TimeSpan patience)
    {
        var requests = new List<Task<Answered>>();
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Tick);
        while (watch.Elapsed < duration)
        {
            while (requests.Count < watch.Elapsed.TotalSeconds * perSecond) requests.Add(AskAsync(client, url, watch, patience));
            await timer.WaitForNextTickAsync();
        }
        return await Task.WhenAll(requests);
    }

    private static async Task<Answered> AskAsync(HttpClient client, Uri url, Stopwatch watch, TimeSpan patience)
    {
        var at = watch.Elapsed.TotalSeconds;
        using var cancel = new CancellationTokenSource(patience);
        try
        {
            using var response = await client.GetAsync(url, cancel.Token);
            await response.Content.ReadAsByteArrayAsync(cancel.Token);
            return new(at, watch.Elapsed.TotalSeconds - at, (int)response.StatusCode, response.Headers.RetryAfter is not null);
        }
        catch (OperationCanceledException)
        {
            return new(at, watch.Elapsed.TotalSeconds - at, 0, false);
        }
        catch (HttpRequestException)
        {
            return new(at, watch.Elapsed.TotalSeconds - at, -1, false);
        }
    }
}
