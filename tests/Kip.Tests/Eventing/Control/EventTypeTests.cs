using Kip.Resources.Eventing;
using Kip.Testing.Eventing;
using Kip.Testing.Kubectl;
using Shouldly;
using static Kip.Tests.Eventing.Control.EventingYaml;

namespace Kip.Tests.Eventing.Control;

public class EventTypeTests
{
    [Fact]
    public void An_event_type_is_ready_when_the_thing_it_comes_from_exists()
    {
        var world = EventingWorld.Make();
        world.ApplyYaml("""
            apiVersion: eventing.knative.dev/v1beta3
            kind: EventType
            metadata: {name: paid}
            spec:
              reference: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: shop}
              attributes: [{name: type, value: paid}, {name: source, value: /shop}, {name: id}, {name: specversion}]
            """);
        world.Get<EventType>("paid").Status.Conditions.Told("Ready").ShouldBe("False ResourceDoesNotExist");

        world.ApplyYaml(BrokerOf());

        world.Get<EventType>("paid").Status.Conditions.IsReady().ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_written_in_one_version_is_read_watched_and_patched_in_another()
    {
        await using var api = await ApiServerFixture.StartAsync();
        var kubectl = api.Kubectl;
        await kubectl.RunWithAsync("""
            apiVersion: eventing.knative.dev/v1beta2
            kind: EventType
            metadata: {name: paid, namespace: default}
            spec: {type: com.example.paid, source: /shop, schema: 'http://a/schema', description: it was paid, broker: shop}
            """, "create", "-f", "-");

        (await kubectl.RunAsync("get", "eventtype", "paid", "-o", "jsonpath={.apiVersion} {.spec.attributes[?(@.name=='type')].value} {.spec.reference.kind}"))
            .ShouldBe("eventing.knative.dev/v1beta3 com.example.paid Broker");
        (await kubectl.RunAsync("get", "eventtypes.v1beta1.eventing.knative.dev", "paid", "-o", "jsonpath={.apiVersion} {.spec.type} {.spec.schema}"))
            .ShouldBe("eventing.knative.dev/v1beta1 com.example.paid http://a/schema");

        await kubectl.RunAsync("patch", "eventtypes.v1beta2.eventing.knative.dev", "paid", "--type=merge", "-p", """{"spec":{"source":"/till"}}""");
        var table = await kubectl.RunAsync("get", "eventtypes.v1beta2.eventing.knative.dev");
        table.ShouldContain("SCHEMA");
        table.ShouldContain("/till");
        (await kubectl.RunAsync("get", "eventtypes")).ShouldNotContain("SCHEMA");
        (await kubectl.TryAsync(null, "create", "-f", "-")).ExitCode.ShouldNotBe(0);
        (await kubectl.RunAsync("explain", "eventtypes.spec", "--api-version=eventing.knative.dev/v1beta2")).ShouldContain("schemaData");
        (await kubectl.RunAsync("explain", "triggers.spec.filters.any", "--recursive")).ShouldContain("cesql");
    }
}
