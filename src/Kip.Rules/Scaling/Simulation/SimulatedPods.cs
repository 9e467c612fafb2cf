namespace Kip.Rules.Scaling.Simulation;

/// <summary>One pod of a simulation.</summary>
internal sealed class SimulatedPod(int number, TimeSpan started)
{
    public int Number => number;
    public TimeSpan Started => started;
    public bool IsReady { get; private set; }

    /// <summary>Takes no new request; gone when the last is done.</summary>
    public bool IsEnding { get; set; }
    public int InFlight { get; set; }
    public TimeSpan BusySince { get; set; }
    public double BusySeconds { get; set; }

    /// <summary>From now on it takes requests; false when it has been taken away while it started.</summary>
    public bool MakeReady() => IsReady = !IsEnding;
}

/// <summary>The pods of the simulated service and the queue before them: the gateway's breaker as a model.</summary>
/// <remarks>Slots are given in arrival order, to the least loaded pod with room; among equals to the oldest, so that a run can be repeated.</remarks>
internal sealed class SimulatedPods(SimulatedService service)
{
    private readonly List<SimulatedPod> _pods = [];
    private int _made;

    /// <summary>Requests that wait, in order of arrival, by their number in the trace.</summary>
    public Queue<int> Waiting { get; } = new();

    public int Started { get; private set; }
    public int Most { get; private set; }
    public double PodSeconds { get; private set; }
    public double BusySeconds { get; private set; }

    public int Ready => _pods.Count(static p => p is { IsReady: true, IsEnding: false });

    public PodCounts Counts
    {
        get
        {
            int ready = 0, pending = 0, ending = 0;
            foreach (var pod in _pods)
            {
                if (pod.IsEnding) ending++;
                else if (pod.IsReady) ready++;
                else pending++;
            }
            return new(ready, 0, pending, ending);
        }
    }

    /// <summary>Makes or ends pods until there are as many as are wanted.</summary>
    /// <returns>The new ones, which start now.</returns>
    public IReadOnlyList<SimulatedPod> Fit(int wanted, TimeSpan now)
    {
        var made = new List<SimulatedPod>();
        var staying = _pods.Where(static p => !p.IsEnding).ToList();
        for (var missing = wanted - staying.Count; missing > 0; missing--)
        {
            var pod = new SimulatedPod(_made++, now);
            _pods.Add(pod);
            made.Add(pod);
            Started++;
        }
        // Those that do not take requests yet go first, then the idle ones, then the newest.
        var first = staying.OrderBy(static p => p.IsReady).ThenBy(static p => p.InFlight).ThenByDescending(static p => p.Number);
        foreach (var pod in first.Take(staying.Count - wanted))
        {
            pod.IsEnding = true;
            if (pod.InFlight == 0) Remove(pod, now);
        }
        Most = Math.Max(Most, _pods.Count);
        return made;
    }

    /// <summary>A slot for a request; null when none is free.</summary>
    public SimulatedPod? Reserve(TimeSpan now)
    {
        SimulatedPod? best = null;
        foreach (var pod in _pods)
        {
            if (!pod.IsReady || pod.IsEnding || (service.ContainerConcurrency > 0 && pod.InFlight >= service.ContainerConcurrency)) continue;
            if (best is null || pod.InFlight < best.InFlight) best = pod;
        }
        if (best is null) return null;
        if (best.InFlight++ == 0) best.BusySince = now;
        return best;
    }

    /// <summary>A request is done.</summary>
    public void Release(SimulatedPod pod, TimeSpan now)
    {
        if (--pod.InFlight > 0) return;
        pod.BusySeconds += (now - pod.BusySince).TotalSeconds;
        if (pod.IsEnding) Remove(pod, now);
    }

    /// <summary>Ends the account of all that are still there.</summary>
    public void Close(TimeSpan now)
    {
        foreach (var pod in _pods.ToArray())
        {
            if (pod.InFlight > 0) pod.BusySeconds += (now - pod.BusySince).TotalSeconds;
            Remove(pod, now);
        }
    }

    private void Remove(SimulatedPod pod, TimeSpan now)
    {
        _pods.Remove(pod);
        PodSeconds += (now - pod.Started).TotalSeconds;
        BusySeconds += pod.BusySeconds;
    }
}
