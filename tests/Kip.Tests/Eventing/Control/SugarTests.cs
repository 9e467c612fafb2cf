using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Testing.Eventing;
using Kip.Testing.Serving;
using Shouldly;
using static Kip.Tests.Eventing.Control.EventingYaml;

namespace Kip.Tests.Eventing.Control;

// In here, since Kip.Broker is a namespace, too.
using Broker = Kip.Resources.Eventing.Broker;

public class SugarTests
{
    private readonly ServingWorld _world = EventingWorld.Make();

    [Fact]
    public void Without_being_asked_nothing_is_made()
    {
        _world.ApplyYaml("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n" + Trigger());

        _world.Objects.ShouldNotContain(static o => o is Broker);
    }

    [Fact]
    public void Namespaces_that_the_selector_chooses_get_a_broker()
    {
        Configure("namespace-selector", "matchLabels: {events: 'yes'}");
        _world.ApplyYaml("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {events: 'yes'}}\n---\napiVersion: v1\nkind: "
            + "Namespace\nmetadata: {name: other}\n");

        var broker = _world.Objects.OfType<Broker>().Single();
        (broker.Key, broker.Metadata.Labels[EventingLabels.Injected]).ShouldBe((new NamespacedName("shop", "default"), "true"));
        broker.Status.Address.ShouldNotBeNull();
    }

    [Fact]
    public void Triggers_that_the_selector_chooses_get_the_broker_that_they_name()
    {
        _world.ApplyYaml(Trigger());

        Configure("trigger-selector", "{}");

        _world.Get<Broker>("shop").Metadata.Labels[EventingLabels.Injected].ShouldBe("true");
        _world.Get<Trigger>("orders").Status.Conditions.IsReady().ShouldBeTrue();
    }

    private void Configure(string key, string value)
    {
        _world.Apply(new ConfigMap { Metadata = new() { Namespace = "knative-eventing", Name = "config-sugar" }, Data = StringMap.Of((key, value)) });
        _world.Settle();
    }
}
