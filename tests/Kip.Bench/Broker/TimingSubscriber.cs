using System.Globalization;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Http;

namespace Kip.Bench.Broker;

/// <summary>A subscriber that notes how old each event is when it comes.</summary>
internal sealed class TimingSubscriber : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<double> _milliseconds = [];
    private FakePod _pod = null!;

    public string Url => $"http://127.0.0.1:{_pod.Port}/";

    /// <param name="delay">How long it takes to answer.</param>
    public static async Task<TimingSubscriber> StartAsync(TimeSpan delay = default)
    {
        var subscriber = new TimingSubscriber();
        subscriber._pod = await FakePod.StartAsync(async context =>
        {
            var sent = long.Parse(context.Request.Headers["ce-" + PacedSender.SentAt].ToString(), CultureInfo.InvariantCulture);
            await context.Request.Body.CopyToAsync(Stream.Null);
            var age = TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds;
            lock (subscriber._lock) subscriber._milliseconds.Add(age);
            if (delay > TimeSpan.Zero) await Task.Delay(delay);
            context.Response.StatusCode = 202;
        });
        return subscriber;
    }

    public void Clear()
    {
        lock (_lock) _milliseconds.Clear();
    }

    /// <summary>The ages, once so many events have come.</summary>
    public async Task<IReadOnlyList<double>> TakeAsync(int count)
    {
        while (true)
        {
            lock (_lock)
                if (_milliseconds.Count >= count) return [.. _milliseconds];
            await Task.Delay(20);
        }
    }

    public ValueTask DisposeAsync() => _pod.DisposeAsync();
}
