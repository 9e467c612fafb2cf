namespace Kip.Rules.Scaling.Simulation;

/// <summary>Plays a traffic trace against the autoscaler's rules and a model of the gateway's queue, on a clock of its own.</summary>
/// <remarks>
/// The decisions are those of the platform, through the same code. Modelled are the program (each request takes its time, whatever else runs), the start of
/// a pod (always as long) and the gateway's queue. Same inputs, same result.
/// </remarks>
public sealed class ScalingSimulation
{
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<TraceRequest> _trace;
    private readonly SimulatedService _service;
    private readonly SimulatedMeter _meter = new();
    private readonly SimulatedPods _pods;
    private readonly SimulatedAutoscaler _autoscaler;
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _agenda = new();
    private readonly List<TimeSpan> _delays = [];
    private readonly List<PodSample> _samples = [];
    private readonly HashSet<int> _waiting = [];
    private TimeSpan _now;
    private long _order;
    private int _cold, _wakes, _refused, _timedOut;
    private TimeSpan? _lookAt;

    private ScalingSimulation(IReadOnlyList<TraceRequest> trace, SimulatedService service)
    {
        (_trace, _service) = (trace, service);
        _pods = new SimulatedPods(service);
        _autoscaler = new SimulatedAutoscaler(service);
    }

    /// <summary>Runs a trace to its end and on until the horizon.</summary>
    /// <param name="trace">In order of time, from zero.</param>
    /// <param name="service">What is simulated.</param>
    /// <param name="horizon">When to stop; the same for runs that are compared. See <see cref="HorizonOf"/>.</param>
    public static SimulationResult Run(IReadOnlyList<TraceRequest> trace, SimulatedService service, TimeSpan horizon) =>
        new ScalingSimulation(trace, service).Run(horizon);

    /// <summary>Long enough for the trace to be served and the pods to go, with every one of the services.</summary>
    public static TimeSpan HorizonOf(IReadOnlyList<TraceRequest> trace, params ReadOnlySpan<SimulatedService> services)
    {
        var longest = TimeSpan.Zero;
        foreach (var service in services)
        {
            var asked = AutoscalingAnnotations.Read(service.Annotations);
            var rest = (asked.Window ?? service.Config.StableWindow) * 2 + service.Config.ScaleToZeroGracePeriod
                + (asked.ScaleDownDelay ?? service.Config.ScaleDownDelay)
                + (asked.PodRetention ?? service.Config.ScaleToZeroPodRetention) + service.PodStart + service.Duration + TimeSpan.FromSeconds(10);
            longest = rest > longest ? rest : longest;
        }
        return (trace.Count == 0 ? TimeSpan.Zero : trace[^1].At) + longest;
    }

    private SimulationResult Run(TimeSpan horizon)
    {
        foreach (var pod in _pods.Fit(_autoscaler.Replicas, TimeSpan.Zero)) pod.MakeReady();
        Sample();
        if (_trace.Count > 0) At(_trace[0].At, () => Arrive(0));
        At(ReportPeriod, Report);
        At(TickPeriod, Tick);
        while (_agenda.TryDequeue(out var happen, out var when) && when.At <= horizon)
        {
            _now = when.At;
            happen();
        }
        _now = horizon;
        _pods.Close(horizon);
        return Result(horizon);
    }

    private void At(TimeSpan at, Action happen) => _agenda.Enqueue(happen, (at, _order++));

    // Requests enter the agenda one by one: a long trace is not held twice.
    private void Arrive(int number)
    {
        if (number + 1 < _trace.Count) At(_trace[number + 1].At, () => Arrive(number + 1));
        var isCold = _pods.Ready == 0;
        if (isCold) _cold++;
        if (_meter.Enter(_now)) Told(_meter.Poke());
        if (_pods.Waiting.Count == 0 && _pods.Reserve(_now) is { } pod) Serve(number, pod);
        else if (_waiting.Count >= _service.QueueDepth) Refuse();
        else Wait(number);
    }

    private void Refuse()
    {
        _refused++;
        _meter.Leave(_now);
    }

    private void Wait(int number)
    {
        _pods.Waiting.Enqueue(number);
        _waiting.Add(number);
        At(_trace[number].At + _service.Timeout, () => GiveUp(number));
    }

    private void GiveUp(int number)
    {
        if (!_waiting.Remove(number)) return;
        _timedOut++;
        _meter.Leave(_now);
    }

    private void Serve(int number, SimulatedPod pod)
    {
        _delays.Add(_now - _trace[number].At);
        At(_now + (_trace[number].Duration ?? _service.Duration), () => Done(pod));
    }

    private void Done(SimulatedPod pod)
    {
        _pods.Release(pod, _now);
        _meter.Leave(_now);
        Grant();
    }

    private void Grant()
    {
        while (_pods.Waiting.TryPeek(out var first))
        {
            // Whoever has given up is still in the queue, and only there.
            var isThere = _waiting.Contains(first);
            var pod = isThere ? _pods.Reserve(_now) : null;
            if (isThere && pod is null) return;
            _pods.Waiting.Dequeue();
            if (pod is null) continue;
            _waiting.Remove(first);
            Serve(first, pod);
        }
    }

    private void Report()
    {
        if (_meter.IsActive) Told(_meter.Report(_now));
        Sample();
        At(_now + ReportPeriod, Report);
    }

    private void Tick()
    {
        if (!_autoscaler.IsAsleep) _autoscaler.Decide(_now, _pods.Counts);
        Fit();
        At(_now + TickPeriod, Tick);
    }

    private void Told((double Concurrency, double Count) report)
    {
        _autoscaler.Report(_now, report, _pods.Counts);
        Fit();
    }

    private void Fit()
    {
        var before = _pods.Counts;
        foreach (var pod in _pods.Fit(_autoscaler.Replicas, _now)) At(_now + _service.PodStart, () => Started(pod));
        if (before is { Ready: 0, Pending: 0 } && _autoscaler.Replicas > 0) _wakes++;
        if (_pods.Counts != before)
        {
            _autoscaler.Reconcile(_now, _pods.Counts);
            Sample();
        }
        if (_autoscaler.Requeue is not { } look || look == _lookAt) return;
        _lookAt = look;
        At(look, Look);
    }

    private void Look()
    {
        if (_lookAt != _now) return;
        _lookAt = null;
        _autoscaler.Reconcile(_now, _pods.Counts);
        Fit();
    }

    private void Started(SimulatedPod pod)
    {
        if (!pod.MakeReady()) return;
        _autoscaler.Reconcile(_now, _pods.Counts);
        Grant();
        Fit();
    }

    private void Sample()
    {
        var sample = new PodSample(_now, _autoscaler.Replicas, _pods.Ready, _waiting.Count);
        if (_samples.Count > 0 && _samples[^1] with { At = _now } == sample) return;
        if (_samples.Count > 0 && _samples[^1].At == _now) _samples[^1] = sample;
        else _samples.Add(sample);
    }

    private SimulationResult Result(TimeSpan horizon)
    {
        _delays.Sort();
        return new()
        {
            Name = _service.Name, Requests = _trace.Count, Refused = _refused, TimedOut = _timedOut, ColdRequests = _cold, ColdStarts = _wakes,
            PodsStarted = _pods.Started, MostPods = _pods.Most, PodSeconds = _pods.PodSeconds, BusyPodSeconds = _pods.BusySeconds, Horizon = horizon,
            Delays = _delays, Samples = _samples,
        };
    }
}
