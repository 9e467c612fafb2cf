using Kip.Brokers.EventTypes;
using Kip.Client.Informers;
using Kip.CloudEvents;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.EventTypes;
using Kip.Testing.Eventing;
using Kip.Testing.Traffic;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Broker = Kip.Resources.Eventing.Broker;

namespace Kip.Tests.Brokers;

public sealed class EventTypesFromTrafficTests
{
    private static readonly NamespacedName Shop = new("default", "shop");

    [Fact]
    public void An_event_type_has_Knatives_name_and_says_what_the_event_said()
    {
        var made = EventTypeFromTraffic.Make(new(Broker.Definition, Shop, "uid-1"), "com.example.order", "/till", "1.0", "http://a/schema");
        made.Key.ShouldBe(new("default", "et-shop-016f75718240ee92d0bbeb3d4cd4120f"));
        made.Metadata.OwnerReferences.Single().ShouldBe(new() { ApiVersion = "eventing.knative.dev/v1", Kind = "Broker", Name = "shop", Uid = "uid-1" });
        made.Spec.Reference.ShouldBe(new() { ApiVersion = "eventing.knative.dev/v1", Kind = "Broker", Namespace = "default", Name = "shop" });
        made.Spec.Description.ShouldBe("Event Type auto-created by controller");
        made.Spec.Attributes.Select(static a => $"{a.Name}={a.Value}{(a.Required ? "!" : "")}")
            .ShouldBe(["type=com.example.order!", "source=/till!", "schemadata=http://a/schema!", "specversion=1.0!", "id=!"]);
        EventTypeFromTraffic.NameOf(new("default", new string('a', 253)), "t", "s").Length.ShouldBe(253);
    }

    [Fact]
    public async Task Event_types_are_made_of_events_and_replies_once_the_feature_is_on()
    {
        await using var bed = await BrokerBed.StartAsync();
        await using var sink = await EventSink.StartAsync(static (received, context) =>
        {
            if (received.Event.Type != "test.thing") return Task.CompletedTask;
            context.Response.StatusCode = 200;
            foreach (var (name, value) in new[] { ("ce-specversion", "1.0"), ("ce-id", "r"), ("ce-source", "/reply"), ("ce-type", "test.reply") })
                context.Response.Headers[name] = value;
            return Task.CompletedTask;
        });
        await bed.PutAsync(EventingObjects.Broker(), EventingObjects.Trigger("t", sink.Url.ToString()));
        (await bed.SendAsync("off")).Dispose();
        await sink.NextAsync(2);
        (await MadeAsync(bed.Resources)).ShouldBeEmpty();

        bed.Resources.Put(Features("enabled"));
        await SendUntilAsync(bed, static made => made.Count == 3);
        (await MadeAsync(bed.Resources)).Select(Told).Order(StringComparer.Ordinal)
            .ShouldBe(["Broker main test.reply /reply", "Broker main test.thing /test", "Trigger t test.reply /reply"]);

        bed.Resources.Remove(EventType.Definition, (await MadeAsync(bed.Resources))[0].Key);
        await SendUntilAsync(bed, static made => made.Count == 3);
    }

    [Fact]
    public async Task What_does_not_fit_into_the_queue_is_offered_again_by_the_next_event()
    {
        var resources = new MemoryResources();
        resources.Put(Features("enabled"));
        await using var informers = new InformerSet(resources, TimeProvider.System);
        using var discovery = new EventTypeDiscovery(resources, informers, TimeProvider.System, NullLogger.Instance);
        await informers.StartAsync();
        CloudEvent[] events = [.. Enumerable.Range(0, 300).Select(static i => EventOf($"type-{i}"))];
        foreach (var seen in events) discovery.Saw(Broker.Definition, Shop, "uid", seen);

        using var stop = new CancellationTokenSource();
        var loop = discovery.RunAsync(stop.Token);
        await UntilAsync(resources, static made => made.Count == 256);
        foreach (var seen in events) discovery.Saw(Broker.Definition, Shop, "uid", seen);
        await UntilAsync(resources, static made => made.Count == 300);
        await stop.CancelAsync();
        await loop;
    }

    [Theory]
    [InlineData("enabled")]
    [InlineData("disabled")]
    public async Task An_event_of_a_type_that_is_known_allocates_nothing(string feature)
    {
        var resources = new MemoryResources();
        resources.Put(Features(feature));
        await using var informers = new InformerSet(resources, TimeProvider.System);
        using var discovery = new EventTypeDiscovery(resources, informers, TimeProvider.System, NullLogger.Instance);
        await informers.StartAsync();
        var seen = EventOf("a");
        for (var i = 0; i < 100; i++) discovery.Saw(Broker.Definition, Shop, "uid", seen);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) discovery.Saw(Broker.Definition, Shop, "uid", seen);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
    }

    private static ConfigMap Features(string value) => new()
    {
        Metadata = new() { Namespace = "knative-eventing", Name = "config-features" }, Data = StringMap.Of(("eventtype-auto-create", value)),
    };

    private static CloudEvent EventOf(string type)
    {
        var builder = new CloudEventBuilder();
        foreach (var (name, value) in new[] { ("specversion", "1.0"), ("id", "1"), ("source", "/s"), ("type", type) })
            builder.Set(name, CloudEventValue.String(value));
        builder.TryBuild(out var made, out var error).ShouldBeTrue(error?.ToString());
        return made!;
    }

    private static string Told(EventType type) =>
        $"{type.Spec.Reference!.Kind} {type.Spec.Reference.Name} {type.Spec.Attributes[0].Value} {type.Spec.Attributes[1].Value}";

    private static async Task<IReadOnlyList<EventType>> MadeAsync(MemoryResources resources) =>
        [.. (await resources.ListAsync(EventType.Definition, new(), TestContext.Current.CancellationToken)).Items.Cast<EventType>()];

    private static async Task SendUntilAsync(BrokerBed bed, Func<IReadOnlyList<EventType>, bool> wanted)
    {
        var sent = 0;
        await UntilAsync(bed.Resources, wanted, async () => (await bed.SendAsync($"on-{++sent}")).Dispose());
    }

    private static async Task UntilAsync(MemoryResources resources, Func<IReadOnlyList<EventType>, bool> wanted, Func<Task>? meanwhile = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!wanted(await MadeAsync(resources)))
        {
            patience.Token.ThrowIfCancellationRequested();
            if (meanwhile is not null) await meanwhile();
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
