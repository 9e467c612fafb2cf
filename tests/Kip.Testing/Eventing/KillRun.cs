using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Kip.Testing.Traffic;

namespace Kip.Testing.Eventing;

/// <summary>A broker in a process of its own that can be killed.</summary>
public interface IKillableBroker
{
    /// <summary>Starts it, again over what an earlier life left, with Broker <c>default/main</c> and these Triggers; completes when it takes events.</summary>
    /// <returns>Where events for the Broker are sent.</returns>
    Task<Uri> StartAsync(IReadOnlyList<KillTrigger> triggers);

    /// <summary>Ends it by SIGKILL.</summary>
    Task KillAsync();
}

/// <summary>A Trigger of a <see cref="KillRun"/>.</summary>
/// <param name="DeadLetterSink">Null: it is tried again for as long as it takes.</param>
public sealed record KillTrigger(string Name, string Subscriber, string? DeadLetterSink, bool IsOrdered);

/// <summary>What a run found.</summary>
/// <param name="Acknowledged">Events that got a 202.</param>
/// <param name="Kills">How often the process was killed.</param>
/// <param name="Lost">Events that got a 202 and reached neither subscriber nor dead letter sink, over all Triggers.</param>
/// <param name="Inverted">Events of one producer that an ordered subscriber got for the first time after a later one.</param>
/// <param name="Repeated">Deliveries of events that had been delivered before.</param>
/// <param name="DeadLetters">Events in the dead letter sink.</param>
public sealed record KillReport(int Acknowledged, int Kills, int Lost, int Inverted, int Repeated, int DeadLetters);

/// <summary>Many producers, failing subscribers, and a broker that is killed at random moments: counts what is lost.</summary>
public sealed class KillRun : IAsyncDisposable
{
    private const int Producers = 32;

    private readonly Random _random;
    private readonly int _perProducer;
    private readonly Taken _ordered;
    private readonly Taken _plain;
    private readonly Taken _sunk;
    private readonly Taken _dead;
    private readonly List<FakePod> _pods = [];
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false });
    private volatile Uri? _url;
    private int _acknowledged;
    private int _inverted;

    public KillRun(int events, int seed)
    {
        _random = new(seed);
        _perProducer = (events + Producers - 1) / Producers;
        (_ordered, _plain, _sunk, _dead) = (new(this), new(this), new(this), new(this));
    }

    /// <summary>Sends all events, killing the broker so often in between, and waits until each has arrived.</summary>
    /// <param name="progress">Told now and then how many events are acknowledged.</param>
    public async Task<KillReport> RunAsync(IKillableBroker broker, int kills, Action<int>? progress = null)
    {
        var triggers = new[]
        {
            new KillTrigger("ordered", await SubscriberAsync(_ordered, failing: 20), null, IsOrdered: true),
            new KillTrigger("plain", await SubscriberAsync(_plain, failing: 50), null, IsOrdered: false),
            new KillTrigger("sunk", await SubscriberAsync(_sunk, failing: 20, refusing: 20), await SubscriberAsync(_dead, failing: 50), IsOrdered: false),
        };
        _url = await broker.StartAsync(triggers);
        var producing = Task.WhenAll(Enumerable.Range(0, Producers).Select(ProduceAsync));
        for (var kill = 1; kill <= kills; kill++)
        {
            // At a moment that follows from how many are acknowledged, so that every run is killed in the middle of its work.
            var at = (int)((kill - _random.NextDouble()) * _perProducer * Producers / kills);
            while (Volatile.Read(ref _acknowledged) < at) await Task.Delay(1);
            progress?.Invoke(_acknowledged);
            await broker.KillAsync();
            _url = null;
            _url = await broker.StartAsync(triggers);
        }
        await producing;
        progress?.Invoke(_acknowledged);
        await ArrivedAsync();
        return new(
            _acknowledged, kills, Missing(_ordered) + Missing(_plain) + _sunk.Missing(_dead), _inverted,
            _ordered.Repeated + _plain.Repeated + _sunk.Repeated, _dead.Count);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _pods) await pod.DisposeAsync();
        _http.Dispose();
    }

    private static int Missing(Taken taken) => taken.Missing(taken);

    // Each producer sends its next event when the one before is acknowledged: so their order in the log is known.
    private async Task ProduceAsync(int producer)
    {
        for (var i = 0; i < _perProducer; i++)
        {
            while (!await OfferAsync(producer, i)) await Task.Delay(5);
            Interlocked.Increment(ref _acknowledged);
        }
    }

    private async Task<bool> OfferAsync(int producer, int number)
    {
        if (_url is not { } url) return false;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(new byte[200]) };
            request.Headers.Add("ce-specversion", "1.0");
            request.Headers.Add("ce-id", $"{producer}-{number}");
            request.Headers.Add("ce-source", "/kill");
            request.Headers.Add("ce-type", "kill.event");
            using var response = await _http.SendAsync(request, CancellationToken.None);
            return response.StatusCode == HttpStatusCode.Accepted;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // Fails in so many of a thousand cases: by an error that is tried again, by an answer that is lost, or by a refusal.
    private async Task<string> SubscriberAsync(Taken taken, int failing, int refusing = 0)
    {
        var pod = await FakePod.StartAsync(async context =>
        {
            var id = context.Request.Headers["ce-id"].ToString();
            await context.Request.Body.CopyToAsync(Stream.Null);
            var draw = Random.Shared.Next(1000);
            // Refusals are the event's own fault, each time.
            if (refusing > 0 && id.GetHashCode(StringComparison.Ordinal) % 1000 < refusing && id.EndsWith('7'))
            {
                context.Response.StatusCode = 422;
                return;
            }
            context.Response.StatusCode = 202;
            if (draw < failing / 2)
            {
                context.Response.StatusCode = 503;
                return;
            }
            taken.Add(id);
            if (draw < failing) context.Abort();
        });
        _pods.Add(pod);
        return $"http://127.0.0.1:{pod.Port}/";
    }

    private async Task ArrivedAsync()
    {
        // An ordered Trigger takes its time over a million: given up is only what has stopped coming.
        var least = int.MaxValue;
        var since = Stopwatch.StartNew();
        while (since.Elapsed < TimeSpan.FromMinutes(2))
        {
            var missing = Missing(_ordered) + Missing(_plain) + _sunk.Missing(_dead);
            if (missing == 0) return;
            if (missing < least) since.Restart();
            least = Math.Min(least, missing);
            await Task.Delay(50);
        }
    }

    // Which events somebody has taken.
    private sealed class Taken(KillRun run)
    {
        private readonly Lock _lock = new();
        private readonly bool[][] _events = [.. Enumerable.Range(0, Producers).Select(_ => new bool[run._perProducer])];
        private readonly int[] _newest = [.. Enumerable.Repeat(-1, Producers)];

        public int Count { get; private set; }

        public int Repeated { get; private set; }

        public void Add(string id)
        {
            var dash = id.IndexOf('-', StringComparison.Ordinal);
            var (producer, number) = (int.Parse(id.AsSpan(0, dash)), int.Parse(id.AsSpan(dash + 1)));
            lock (_lock)
            {
                if (_events[producer][number])
                {
                    Repeated++;
                    return;
                }
                _events[producer][number] = true;
                Count++;
                if (this == run._ordered && number < _newest[producer]) run._inverted++;
                _newest[producer] = Math.Max(_newest[producer], number);
            }
        }

        /// <summary>Events that neither this nor the other has.</summary>
        public int Missing(Taken other)
        {
            var missing = 0;
            for (var producer = 0; producer < Producers; producer++)
                for (var number = 0; number < run._perProducer; number++)
                    if (!_events[producer][number] && !other._events[producer][number]) missing++;
            return missing;
        }
    }
}
