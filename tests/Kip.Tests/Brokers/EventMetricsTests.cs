using System.Diagnostics.Metrics;
using Kip.Testing.Eventing;
using Shouldly;

namespace Kip.Tests.Brokers;

public sealed class EventMetricsTests
{
    private const string Broker = "measured-by-this-test";

    [Fact]
    public async Task An_events_way_is_measured_under_the_names_of_its_broker_and_trigger()
    {
        var measured = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Kip.Broker" && instrument is Histogram<double>) listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            // Brokers of other tests measure under the same names, from threads of their own.
            var all = tags.ToArray().ToDictionary(static t => t.Key, static t => t.Value?.ToString());
            if (all.GetValueOrDefault("kn.broker.name") != Broker) return;
            lock (measured)
                measured.Add(string.Join(
                    ' ', instrument.Name, instrument.Unit, all["kn.broker.namespace"], all["messaging.destination.name"],
                    all.GetValueOrDefault("http.response.status_code", "-"), all.GetValueOrDefault("cloudevents.type", "-")));
        });
        listener.Start();
        await using var bed = await BrokerBed.StartAsync();
        await using var sink = await EventSink.StartAsync();
        await bed.PutAsync(EventingObjects.Broker(Broker), EventingObjects.Trigger("t", sink.Url.ToString(), Broker));

        (await bed.SendAsync("1", broker: Broker)).Dispose();
        await bed.UntilAsync("t", static a => a.GetProperty("delivered").GetInt64() == 1);

        lock (measured)
            measured.ShouldBe(
            [
                $"kn.eventing.dispatch.duration s default broker:{Broker}.default 202 test.thing",
                "kn.eventing.process.duration s default trigger:t.default - -",
                "kn.eventing.dispatch.duration s default trigger:t.default 202 test.thing",
            ], ignoreOrder: true);
    }
}
