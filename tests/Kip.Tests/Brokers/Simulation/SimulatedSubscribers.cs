using Kip.Brokers.Sending;
using Kip.Testing.Simulation;
using Kip.Testing.Time;

namespace Kip.Tests.Brokers.Simulation;

/// <summary>The network and everybody behind it: slow, failing, losing answers, as the seed says; outlives the broker's crashes.</summary>
internal sealed class SimulatedSubscribers(SeededScheduler scheduler, ManualTimeProvider time) : IEventSender
{
    /// <summary>What each URL has taken, in order, repetitions included.</summary>
    public Dictionary<string, List<string>> Taken { get; } = [];

    /// <summary>The same by the events' places in the log: one that was offered twice has two.</summary>
    public Dictionary<string, List<ulong>> TakenAt { get; } = [];

    /// <summary>How often each URL fails, of a hundred attempts.</summary>
    public Dictionary<string, int> FailuresInHundred { get; } = [];

    /// <summary>From now on everything works.</summary>
    public bool IsHealed { get; set; }

    public async ValueTask<EventAnswer> SendAsync(EventRequest request, CancellationToken stop)
    {
        var random = scheduler.Random;
        var url = request.Target.Url;
        var (id, fails) = (request.Event.Event.Id, !IsHealed && random.Next(100) < FailuresInHundred.GetValueOrDefault(url));
        if (random.Next(3) > 0) await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 200)), time, CancellationToken.None);
        // A request dies with the process that sent it, if nobody has read it by then.
        if (stop.IsCancellationRequested) return EventAnswer.None("the process is gone");
        var way = random.Next(4);
        // Refused, before or after it was read.
        if (fails && way < 2) return EventAnswer.Of(way == 0 ? 503 : 422);
        if (fails && way == 2) return EventAnswer.None("the network is down");
        if (!Taken.TryGetValue(url, out var taken)) Taken[url] = taken = [];
        taken.Add(id);
        if (!TakenAt.TryGetValue(url, out var places)) TakenAt[url] = places = [];
        places.Add(request.Event.Offset);
        // Taken, but the answer is lost.
        return fails ? EventAnswer.None("the answer was lost") : EventAnswer.Of(random.Next(2) == 0 ? 200 : 202);
    }
}
