using System.Diagnostics.Metrics;

namespace Kip.Client.Loop;

/// <summary>
/// A loop's metrics under Knative's names: <c>kn.workqueue.*</c>, with the kind as <c>name</c>. While nobody listens each costs a look at a field.
/// </summary>
internal sealed class LoopInstruments : IDisposable
{
    /// <summary>The meter of all loops.</summary>
    public const string MeterName = "Kip.Client";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    private readonly Meter _meter = new(MeterName);
    private readonly KeyValuePair<string, object?> _name;
    private readonly Histogram<double> _process;
    private readonly Counter<long> _adds;
    private readonly Counter<long> _retries;

    /// <param name="kind">The reconciler's kind.</param>
    /// <param name="depth">Keys that wait or are worked on.</param>
    public LoopInstruments(string kind, Func<int> depth)
    {
        _name = new("name", kind);
        _process = _meter.CreateHistogram("kn.workqueue.process.duration", "s", "How long a key was worked on", null, Seconds);
        _adds = _meter.CreateCounter<long>("kn.workqueue.adds", "{item}", "Keys taken into the queue");
        _retries = _meter.CreateCounter<long>("kn.workqueue.retries", "{item}", "Attempts that failed and are made again");
        _meter.CreateObservableGauge("kn.workqueue.depth", () => new Measurement<long>(depth(), _name), "{item}", "Keys that wait or are worked on");
    }

    /// <summary>Whether times need be taken.</summary>
    public bool IsTimed => _process.Enabled;

    public void Added() => _adds.Add(1, _name);

    public void Retried() => _retries.Add(1, _name);

    public void Processed(TimeSpan duration) => _process.Record(duration.TotalSeconds, _name);

    public void Dispose() => _meter.Dispose();
}
