using System.Diagnostics.Metrics;
using Kip.Controllers.Scaling;
using Kip.Testing.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class ScalingInstrumentsTests
{
    [Fact]
    public void A_revision_that_was_called_is_measured_under_Knatives_names_and_one_that_never_was_is_not()
    {
        var world = new ScalingWorld(1);
        using var meters = new Meters();
        _ = new ScalingInstruments(meters, world.Autoscaler);
        world.Run(async () =>
        {
            await world.DeployAsync("called-00001", 10, ("initial-scale", "0"));
            await world.DeployAsync("asleep-00001", 10, ("initial-scale", "0"));
            await world.Delay(1.5);
            world.Stats.TryWrite(new(ScalingWorld.Key("called-00001"), world.Time.GetUtcNow(), 21, 4));
            await world.Delay(1);

            var measured = Measure(meters);

            measured.Keys.ShouldBe(
            [
                "kn.revision.capacity.excess", "kn.revision.concurrency.panic", "kn.revision.concurrency.stable", "kn.revision.concurrency.target",
                "kn.revision.panic.mode", "kn.revision.pods.count", "kn.revision.pods.desired", "kn.revision.pods.not_ready.count",
                "kn.revision.pods.pending.count", "kn.revision.pods.requested", "kn.revision.pods.terminating.count",
            ], ignoreOrder: true);
            measured.Values.ShouldAllBe(static m => m.Count == 1);
            measured["kn.revision.pods.desired"].ShouldBe([(3.0, "default/called-00001")]);
            measured["kn.revision.pods.requested"].ShouldBe([(3.0, "default/called-00001")]);
            measured["kn.revision.concurrency.target"].ShouldBe([(7.0, "default/called-00001")]);
        });
    }

    private static Dictionary<string, List<(double Value, string Revision)>> Measure(Meters meters)
    {
        var measured = new Dictionary<string, List<(double, string)>>();
        void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var text = tags.ToArray().ToDictionary();
            if (!measured.TryGetValue(instrument.Name, out var list)) measured[instrument.Name] = list = [];
            list.Add((value, $"{text["k8s.namespace.name"]}/{text["kn.revision.name"]}"));
        }

        using var listener = new MeterListener();
        // Other tests' meters carry the same name.
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Made.Contains(instrument.Meter)) listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }

    private sealed class Meters : IMeterFactory
    {
        public List<Meter> Made { get; } = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(options);
            Made.Add(meter);
            return meter;
        }

        public void Dispose() => Made.ForEach(static m => m.Dispose());
    }
}
