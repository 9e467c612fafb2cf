using Kip.Resources;
using Kip.Resources.Eventing;

namespace Kip.Conformance.Eventing;

/// <summary>Brokers and Triggers as the API shows them: upstream's <c>TestBrokerConformance</c>, control plane.</summary>
public static class BrokerControlCases
{
    private const string Source = "knative/eventing test/rekt/features/broker/control_plane.go";
    private const string Nowhere = "subscriber: { uri: \"http://127.0.0.1:9/\" }";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("eventing/broker-control/addressable", "A ready Broker has the condition Ready and an http or https address", Source, AddressableAsync),
        new("eventing/broker-control/class-is-immutable", "A Broker's class annotation cannot be changed", Source, ClassAsync),
        new("eventing/broker-control/config-is-immutable", "A Broker's spec.config cannot be changed", Source, ConfigAsync),
        new("eventing/broker-control/dead-letter-sink", "A ready Broker with a dead letter sink has status.deadLetterSinkUri", Source, DeadLetterSinkAsync),
        new(
            "eventing/broker-control/default-delivery", "A Broker that says nothing has the delivery of config-br-defaults",
            "TestBrokerDefaultDelivery", DefaultsAsync),
        new("eventing/broker-control/trigger-subscriber-uri", "A ready Trigger has status.subscriberUri", Source, SubscriberUriAsync),
        new("eventing/broker-control/trigger-broker-is-immutable", "A Trigger belongs to one Broker for ever", Source, TriggerBrokerAsync),
        new("eventing/broker-control/trigger-before-broker", "A Trigger made before its Broker becomes Ready once the Broker is", Source, BeforeAsync),
        new(
            "eventing/broker-control/trigger-defaults", "A Trigger gets an empty filter and its subscriber's namespace", "TestTriggerDefaulting",
            TriggerDefaultsAsync),
        new(
            "eventing/broker-control/filter-names", "A filter takes attribute names of lower case letters and digits, and refuses all others", Source,
            FilterNamesAsync),
        new(
            "eventing/broker-control/dependency", "A Trigger with a dependency is ready after what it depends on", "TestTriggerDependencyAnnotation",
            DependencyAsync),
    ];

    private static async Task AddressableAsync(ConformanceTarget target)
    {
        var url = await target.BrokerAsync("");
        Expect.That(url.StartsWith("http://", StringComparison.Ordinal) || url.StartsWith("https://", StringComparison.Ordinal), $"the address is {url}");
    }

    private static async Task ClassAsync(ConformanceTarget target)
    {
        await target.BrokerAsync("");
        var refused = await target.RefusedAsync("""
            apiVersion: eventing.knative.dev/v1
            kind: Broker
            metadata: { name: b, annotations: { eventing.knative.dev/broker.class: another } }
            """);
        Expect.Contains("Immutable", refused.Message);
    }

    private static async Task ConfigAsync(ConformanceTarget target)
    {
        await target.BrokerAsync("");
        var refused = await target.RefusedAsync(
            "apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: { name: b }\nspec: { config: { apiVersion: v1, kind: ConfigMap, name: another } }\n");
        Expect.Contains("Immutable fields changed", refused.Message);
    }

    private static async Task DeadLetterSinkAsync(ConformanceTarget target)
    {
        await target.BrokerAsync("delivery: { deadLetterSink: { uri: \"http://127.0.0.1:9/dls\" } }");
        Expect.Equal("http://127.0.0.1:9/dls", (await target.GetAsync<Broker>("b"))?.Status.DeadLetterSinkUri);
    }

    private static async Task DefaultsAsync(ConformanceTarget target)
    {
        await target.BrokerAsync("");
        var delivery = Expect.Found((await target.GetAsync<Broker>("b"))!.Spec.Delivery);
        Expect.That(delivery.Retry > 0 && delivery.BackoffPolicy is not null && delivery.BackoffDelay is not null, $"the delivery is {delivery}");
    }

    private static async Task SubscriberUriAsync(ConformanceTarget target)
    {
        await target.BrokerAsync("", ("t", Nowhere));
        Expect.Equal("http://127.0.0.1:9/", (await target.GetAsync<Trigger>("t"))?.Status.SubscriberUri);
    }

    private static async Task TriggerBrokerAsync(ConformanceTarget target)
    {
        await target.BrokerAsync("", ("t", Nowhere));
        var refused = await target.RefusedAsync(Events.Trigger("t", Nowhere, broker: "another"));
        Expect.Contains("Immutable fields changed", refused.Message);
    }

    private static async Task BeforeAsync(ConformanceTarget target)
    {
        await target.ApplyAsync(Events.Trigger("t", Nowhere));
        await target.WaitAsync<Trigger>("t", static t => t.Status.Conditions.IsFalse("Ready"), "not Ready");
        await target.BrokerAsync("");
        await target.TriggerReadyAsync("t");
    }

    private static async Task TriggerDefaultsAsync(ConformanceTarget target)
    {
        var trigger = await target.ApplyAsync<Trigger>(Events.Trigger("t", "subscriber: { ref: { apiVersion: v1, kind: Service, name: x } }"));
        Expect.Found(trigger.Spec.Filter);
        Expect.Equal(target.Namespace, trigger.Spec.Subscriber.Ref?.Namespace);
    }

    private static async Task FilterNamesAsync(ConformanceTarget target)
    {
        string[] good = ["source", "id", "specversion", "type", "subject", "time", "datacontenttype", "dataschema", "aaa", "c1d2e3", "abcdefghijklmnopqrst"];
        for (var i = 0; i < good.Length; i++)
            await target.ApplyAsync(Events.Trigger($"t{i}", $"{Nowhere}, filter: {{ attributes: {{ {good[i]}: x }} }}"));
        foreach (var bad in (string[])["AAA", "aB", "\"a b\"", "a_b", "a-b", "a.b", "\"a!\"", "aé", "\"123a\""])
            await target.RefusedAsync(Events.Trigger("bad", $"{Nowhere}, filter: {{ attributes: {{ {bad}: x }} }}"));
    }

    private static async Task DependencyAsync(ConformanceTarget target)
    {
        await target.BrokerAsync("");
        await target.ApplyAsync($$"""
            apiVersion: eventing.knative.dev/v1
            kind: Trigger
            metadata:
              name: t
              annotations: { knative.dev/dependency: '{"apiVersion":"messaging.knative.dev/v1","kind":"InMemoryChannel","name":"first"}' }
            spec: { broker: b, {{Nowhere}} }
            """);
        await target.WaitAsync<Trigger>("t", static t => t.Status.Conditions.IsFalse("DependencyReady"), "waiting for its dependency");
        await target.ChannelAsync("first", "");
        await target.TriggerReadyAsync("t");
    }
}
