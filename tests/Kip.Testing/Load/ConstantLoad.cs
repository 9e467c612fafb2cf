using System.Collections.Concurrent;
using System.Diagnostics;

namespace Kip.Testing.Load;

/// <summary>What came of a load.</summary>
public sealed record LoadResult(int Sent, IReadOnlyDictionary<string, int> Answers, IReadOnlyList<string> Failures)
{
    public override string ToString() =>
        $"{Sent} sent, {Failures.Count} failed{string.Concat(Failures.Take(5).Select(static f => "\n  " + f))}";
}

/// <summary>Sends requests at a constant rate, whether or not earlier ones were answered, until <see cref="StopAsync"/>.</summary>
public sealed class ConstantLoad
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private readonly HttpClient _client;
    private readonly Uri _url;
    private readonly double _perSecond;
    private readonly ConcurrentBag<Task> _requests = [];
    private readonly ConcurrentDictionary<string, int> _answers = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task _sending;
    private volatile bool _stopped;
    private int _answered;
    private (int Count, TaskCompletionSource Reached)? _awaited;

    private ConstantLoad(HttpClient client, Uri url, double perSecond)
    {
        (_client, _url, _perSecond) = (client, url, perSecond);
        _sending = SendAsync();
    }

    /// <summary>Begins to send GET requests.</summary>
    public static ConstantLoad Start(HttpClient client, Uri url, double perSecond) => new(client, url, perSecond);

    /// <summary>How many were answered so far, well or not.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Completes when so many more requests have been answered: a stretch of load, measured in requests and not in time.</summary>
    public Task MoreAsync(int requests)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_failures) _awaited = (Answered + requests, reached);
        return reached.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    /// <summary>Completes when all that has been sent so far is answered.</summary>
    public Task AnsweredAsync() => Task.WhenAll(_requests);

    /// <summary>Sends no more, waits for the answers under way.</summary>
    public async Task<LoadResult> StopAsync()
    {
        _stopped = true;
        await _sending;
        await Task.WhenAll(_requests);
        return new LoadResult(_requests.Count, _answers, [.. _failures]);
    }

    private async Task SendAsync()
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Tick);
        var sent = 0;
        while (!_stopped)
        {
            for (; sent < watch.Elapsed.TotalSeconds * _perSecond; sent++) _requests.Add(RequestAsync());
            await timer.WaitForNextTickAsync();
        }
    }

    private async Task RequestAsync()
    {
        try
        {
            using var response = await _client.GetAsync(_url);
            var body = await response.Content.ReadAsStringAsync();
            if (response.IsSuccessStatusCode) _answers.AddOrUpdate(body.Trim(), 1, static (_, n) => n + 1);
            else _failures.Enqueue($"{(int)response.StatusCode} {body}");
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            _failures.Enqueue(error.ToString());
        }
        Count();
    }

    private void Count()
    {
        lock (_failures)
        {
            if (Interlocked.Increment(ref _answered) < _awaited?.Count) return;
            _awaited?.Reached.TrySetResult();
        }
    }
}
