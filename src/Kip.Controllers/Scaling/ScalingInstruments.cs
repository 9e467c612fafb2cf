using System.Diagnostics.Metrics;
using Kip.Resources;
using Kip.Rules.Scaling;

namespace Kip.Controllers.Scaling;

/// <summary>The autoscaler's gauges, under Knative's names, for every revision that has had requests since the start.</summary>
/// <remarks>Revisions that were never called have no line, so that ten thousand sleeping ones do not fill every scrape.</remarks>
public sealed class ScalingInstruments
{
    public const string MeterName = "Kip.Autoscaler";

    private readonly AutoscalerLoop _autoscaler;

    public ScalingInstruments(IMeterFactory meters, AutoscalerLoop autoscaler)
    {
        _autoscaler = autoscaler;
        var meter = meters.Create(MeterName);
        Gauge(meter, "kn.revision.pods.desired", "{item}", "Pods the autoscaler wants", static d => d.Desired);
        Gauge(meter, "kn.revision.capacity.excess", "{concurrency}", "Requests that could come at once, beyond the burst capacity wanted",
            static d => d.ExcessBurstCapacity);
        Gauge(meter, "kn.revision.panic.mode", null, "1 while the revision is in panic", static d => d.IsPanicking ? 1 : 0);
        Load(meter, ScalingMetric.Concurrency, "kn.revision.concurrency", "{concurrency}");
        Load(meter, ScalingMetric.RequestsPerSecond, "kn.revision.rps", "{request}/s");
        Gauge(meter, "kn.revision.pods.count", "{pod}", "Pods that are ready", static d => d.Pods.Ready);
        Gauge(meter, "kn.revision.pods.not_ready.count", "{pod}", "Pods that run but are not ready", static d => d.Pods.NotReady);
        Gauge(meter, "kn.revision.pods.pending.count", "{pod}", "Pods that do not run yet", static d => d.Pods.Pending);
        Gauge(meter, "kn.revision.pods.terminating.count", "{pod}", "Pods that are ending", static d => d.Pods.Terminating);
        meter.CreateObservableGauge("kn.revision.pods.requested", Requested, "{pod}", "Pods asked of the Deployment");
    }

    private void Load(Meter meter, ScalingMetric metric, string name, string unit)
    {
        Gauge(meter, $"{name}.stable", unit, "Average over the stable window", d => d.Spec.Metric == metric ? d.Stable : null);
        Gauge(meter, $"{name}.panic", unit, "Average over the panic window", d => d.Spec.Metric == metric ? d.Panic : null);
        Gauge(meter, $"{name}.target", unit, "Aimed at per pod", d => d.Spec.Metric == metric ? d.Spec.Target : null);
    }

    private void Gauge(Meter meter, string name, string? unit, string description, Func<ScaleDecision, double?> value) =>
        meter.CreateObservableGauge(name, () => Measure(value), unit, description);

    private IEnumerable<Measurement<double>> Measure(Func<ScaleDecision, double?> value)
    {
        foreach (var entry in _autoscaler.Entries)
            if (entry.WasAwake && entry.Last is { } last && value(last) is { } number) yield return new(number, Tags(entry.Key));
    }

    private IEnumerable<Measurement<double>> Requested()
    {
        foreach (var entry in _autoscaler.Entries)
            if (entry.WasAwake && _autoscaler.Caches.Autoscaler(entry.Key)?.Status.DesiredScale is { } requested)
                yield return new(requested, Tags(entry.Key));
    }

    private KeyValuePair<string, object?>[] Tags(NamespacedName revision)
    {
        var labels = _autoscaler.Caches.Autoscaler(revision)?.Metadata.Labels ?? default;
        return
        [
            new("k8s.namespace.name", revision.Namespace),
            new("kn.service.name", labels.Get("serving.knative.dev/service") ?? ""),
            new("kn.configuration.name", labels.Get("serving.knative.dev/configuration") ?? ""),
            new("kn.revision.name", revision.Name),
        ];
    }
}
