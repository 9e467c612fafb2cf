using System.Diagnostics.Metrics;
using Kip.Client.Loop;
using Shouldly;

namespace Kip.Tests.Client.Loop;

public sealed class LoopInstrumentsTests
{
    [Fact]
    public void A_loops_work_is_counted_under_its_kind()
    {
        var measured = new List<(string Name, string? Unit, double Value, object? Kind)>();
        using var instruments = new LoopInstruments("a-kind-of-this-test", static () => 7);
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == LoopInstruments.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();

        instruments.Added();
        instruments.Retried();
        instruments.Processed(TimeSpan.FromMilliseconds(250));
        listener.RecordObservableInstruments();

        measured.Where(static m => m.Kind is "a-kind-of-this-test").Select(static m => $"{m.Name} {m.Unit} {m.Value}").ShouldBe(
            ["kn.workqueue.adds {item} 1", "kn.workqueue.retries {item} 1", "kn.workqueue.process.duration s 0.25", "kn.workqueue.depth {item} 7"],
            ignoreOrder: true);

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            // Loops of other tests count under the same names, from threads of their own.
            var kind = tags[0].Value;
            lock (measured) measured.Add((instrument.Name, instrument.Unit, value, kind));
        }
    }
}
