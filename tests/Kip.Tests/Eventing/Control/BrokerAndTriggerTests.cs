using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Testing.Eventing;
using Kip.Testing.Serving;
using Shouldly;
using static Kip.Tests.Eventing.Control.EventingYaml;
using KnativeService = Kip.Resources.Serving.Service;

namespace Kip.Tests.Eventing.Control;

// In here, since Kip.Broker is a namespace, too.
using Broker = Kip.Resources.Eventing.Broker;

public class BrokerAndTriggerTests
{
    private readonly ServingWorld _world = EventingWorld.Make();

    [Fact]
    public void A_broker_has_its_address_its_defaults_and_is_ready()
    {
        _world.ApplyYaml(BrokerOf());

        var broker = _world.Get<Broker>("shop");
        broker.Status.Address.ShouldBe(new Addressable { Name = "http", Url = "http://broker-ingress.knative-eventing.svc.cluster.local/default/shop" });
        broker.Status.Conditions.Select(static c => c.Type).ShouldBe(
            ["Addressable", "DeadLetterSinkResolved", "EventPoliciesReady", "FilterReady", "IngressReady", "Ready", "TriggerChannelReady"]);
        broker.Status.Conditions.IsReady().ShouldBeTrue();
        broker.Status.ObservedGeneration.ShouldBe(broker.Metadata.Generation);
        broker.Metadata.Annotations[EventingAnnotations.BrokerClass].ShouldBe("MTChannelBasedBroker");
        (broker.Spec.Delivery!.Retry, broker.Spec.Delivery.BackoffPolicy, broker.Spec.Delivery.BackoffDelay).ShouldBe((10, "exponential", "PT0.2S"));
    }

    [Fact]
    public void A_broker_without_an_ingress_says_so_and_heals()
    {
        _world.Apply(new Endpoints { Metadata = new() { Name = "broker-ingress", Namespace = "knative-eventing" } });
        _world.ApplyYaml(BrokerOf());
        _world.Get<Broker>("shop").Status.Conditions.Told("Ready").ShouldBe("False EndpointSlicesUnavailable");

        _world.Listen("broker-ingress");
        _world.Settle();

        _world.Get<Broker>("shop").Status.Conditions.IsReady().ShouldBeTrue();
    }

    [Theory]
    [InlineData("config: {apiVersion: v1, kind: ConfigMap, name: nobody}", "configmaps \"nobody\" not found")]
    [InlineData("config: {apiVersion: v1, kind: Secret, name: nobody}", "only [kind: ConfigMap, apiVersion: v1]")]
    public void A_broker_whose_config_is_not_there_is_not_ready(string config, string message)
    {
        _world.ApplyYaml(BrokerOf(more: config));

        var conditions = _world.Get<Broker>("shop").Status.Conditions;
        conditions.Told("TriggerChannelReady").ShouldBe("False ChannelTemplateFailed");
        conditions.Find("Ready")!.Message.ShouldNotBeNull().ShouldContain(message);
    }

    [Fact]
    public void A_broker_of_a_class_that_nobody_serves_says_so_and_its_triggers_too()
    {
        _world.ApplyYaml(BrokerOf(annotations: "eventing.knative.dev/broker.class: Pigeon") + "\n---\n" + Trigger());

        _world.Get<Broker>("shop").Status.Conditions.Told("Ready").ShouldBe("Unknown BrokerClassNotServed");
        _world.Get<Broker>("shop").Status.Address.ShouldBeNull();
        _world.Get<Trigger>("orders").Status.Conditions.Told("BrokerReady").ShouldBe("Unknown BrokerClassNotServed");
    }

    [Fact]
    public void A_broker_and_its_triggers_of_another_controller_are_left_alone()
    {
        _world.Apply(Yaml.One<Broker>(BrokerOf(annotations: "eventing.knative.dev/broker.class: Kafka")));
        var broker = _world.Get<Broker>("shop") with { Status = new() { Conditions = [Hands.Of("Ready", "True")] } };
        _world.SetStatus(broker);
        _world.ApplyYaml(Trigger());

        _world.Get<Broker>("shop").Status.ShouldBe(broker.Status);
        _world.Get<Trigger>("orders").Status.ShouldBe(new TriggerStatus());
    }

    [Fact]
    public void A_trigger_waits_for_its_broker_and_heals()
    {
        _world.ApplyYaml(Trigger());
        _world.Get<Trigger>("orders").Status.Conditions.Told("Ready").ShouldBe("False BrokerDoesNotExist");

        _world.ApplyYaml(BrokerOf());

        var trigger = _world.Get<Trigger>("orders");
        trigger.Status.Conditions.IsReady().ShouldBeTrue();
        trigger.Status.SubscriberUri.ShouldBe("http://127.0.0.1:9/a");
        trigger.Metadata.Labels[EventingLabels.Broker].ShouldBe("shop");
        trigger.Spec.Filter.ShouldNotBeNull();
    }

    [Fact]
    public void A_subscriber_is_resolved_by_whatever_has_an_address()
    {
        _world.Listen("plain", "default");
        _world.Apply(new KnativeService { Metadata = new() { Name = "fn", Namespace = "default" }, Spec = Ksvc("fn") });
        _world.ApplyYaml(BrokerOf() + "\n---\n" + BrokerOf("other"));
        foreach (var (name, subscriber) in (ReadOnlySpan<(string, string)>)
        [
            ("plain", "ref: {apiVersion: v1, kind: Service, name: plain}"),
            ("path", "ref: {apiVersion: v1, kind: Service, name: plain}, uri: /in"),
            ("broker", "ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: other}"),
            ("fn", "ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: fn}"),
            ("named", "ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: other, address: https}"),
            ("nobody", "ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: nobody}"),
        ])
            _world.ApplyYaml(Trigger(name, subscriber: subscriber));

        Uri("plain").ShouldBe("http://plain.default.svc.cluster.local");
        Uri("path").ShouldBe("http://plain.default.svc.cluster.local/in");
        Uri("broker").ShouldBe("http://broker-ingress.knative-eventing.svc.cluster.local/default/other");
        Resolved("fn").ShouldBe("address not set for Service default/fn");
        Resolved("named").ShouldBe("address with name \"https\" not found for Broker default/other");
        Resolved("nobody").ShouldBe("failed to get object default/nobody: services.serving.knative.dev \"nobody\" not found");

        _world.SetStatus(_world.Get<KnativeService>("fn") with { Status = new() { Address = new() { Url = "http://fn.default.svc.cluster.local" } } });
        _world.Settle();
        Uri("fn").ShouldBe("http://fn.default.svc.cluster.local");

        string? Uri(string trigger) => _world.Get<Trigger>(trigger).Status.SubscriberUri;
        string? Resolved(string trigger) => _world.Get<Trigger>(trigger).Status.Conditions.Find("SubscriberResolved")?.Message;
    }

    [Theory]
    [InlineData("", "", null, "True DeadLetterSinkNotConfigured")]
    [InlineData("delivery: {deadLetterSink: {uri: 'http://b/dls'}}", "", "http://b/dls", "True")]
    [InlineData("delivery: {deadLetterSink: {uri: 'http://b/dls'}}", "delivery: {deadLetterSink: {uri: 'http://t/dls'}}", "http://t/dls", "True")]
    [InlineData("delivery: {deadLetterSink: {uri: 'http://b/dls'}}", "delivery: {retry: 3}", "http://b/dls", "True")]
    [InlineData("", "delivery: {deadLetterSink: {ref: {apiVersion: v1, kind: Service, name: nobody}}}", null, "False Unable to get the dead letter sink's URI")]
    public void A_triggers_dead_letter_sink_is_its_own_or_else_the_brokers(string broker, string trigger, string? uri, string condition)
    {
        _world.ApplyYaml(BrokerOf(more: broker) + "\n---\n" + Trigger(more: trigger));

        var status = _world.Get<Trigger>("orders").Status;
        status.DeadLetterSinkUri.ShouldBe(uri);
        status.Conditions.Told("DeadLetterSinkResolved").ShouldBe(condition);
    }

    [Fact]
    public void A_dependency_must_be_ready_first()
    {
        const string dependency = "knative.dev/dependency: '{\"apiVersion\":\"messaging.knative.dev/v1\",\"kind\":\"Channel\",\"name\":\"first\"}'";
        _world.ApplyYaml(BrokerOf() + "\n---\n" + Trigger(annotations: dependency));
        _world.Get<Trigger>("orders").Status.Conditions.Told("Ready").ShouldBe("False DependencyDoesNotExist");

        _world.ApplyYaml(Channel("first"));

        _world.Get<Trigger>("orders").Status.Conditions.IsReady().ShouldBeTrue();
    }

    [Fact]
    public void A_trigger_is_ready_only_when_the_data_plane_delivers_for_it()
    {
        var plane = new PlayedDataPlane();
        var world = EventingWorld.Make(dataPlane: plane);
        world.ApplyYaml(BrokerOf() + "\n---\n" + Trigger());
        world.Get<Broker>("shop").Status.Conditions.Told("Ready").ShouldBe("Unknown NotYetServed");

        plane.Served.Add("broker-shop");
        Tell(world.Get<Broker>("shop"));
        world.Get<Trigger>("orders").Status.Conditions.Told("Ready").ShouldBe("Unknown SubscriptionNotConfigured");

        plane.Subscribers["trigger-orders"] = "http://127.0.0.1:9/a";
        Tell(world.Get<Trigger>("orders"));
        world.Get<Trigger>("orders").Status.Conditions.IsReady().ShouldBeTrue();

        world.ApplyYaml(Trigger(subscriber: "uri: 'http://127.0.0.1:9/b'"));
        world.Get<Trigger>("orders").Status.Conditions.Told("Ready").ShouldBe("Unknown SubscriptionNotConfigured");

        void Tell(Resource resource)
        {
            plane.Tell(resource);
            world.Settle();
        }
    }

    [Fact]
    public void Deletion_drops_what_is_undelivered_unless_asked_to_drain()
    {
        var plane = new PlayedDataPlane();
        var world = EventingWorld.Make(dataPlane: plane);
        world.ApplyYaml(BrokerOf() + "\n---\n" + Trigger("quick") + "\n---\n" + Trigger("patient", annotations: "kip.dev/on-delete: drain"));
        plane.Busy.UnionWith(["trigger-quick", "trigger-patient"]);

        foreach (var name in (string[])["quick", "patient"]) world.Delete(world.Get<Trigger>(name));
        world.Settle();
        world.Find<Trigger>(new("default", "quick")).ShouldBeNull();
        world.Get<Trigger>("patient").Metadata.DeletionTimestamp.ShouldNotBeNull();

        plane.Busy.Clear();
        plane.Tell(world.Get<Trigger>("patient"));
        world.Settle();
        world.Find<Trigger>(new("default", "patient")).ShouldBeNull();
    }

    [Fact]
    public void A_wait_to_drain_ends_when_the_user_thinks_better_of_it()
    {
        var plane = new PlayedDataPlane();
        var world = EventingWorld.Make(dataPlane: plane);
        world.ApplyYaml(BrokerOf() + "\n---\n" + Trigger(annotations: "kip.dev/on-delete: drain"));
        plane.Busy.Add("trigger-orders");
        world.Delete(world.Get<Trigger>("orders"));
        world.Settle();

        var waiting = world.Get<Trigger>("orders");
        world.Apply(waiting with { Metadata = waiting.Metadata with { Annotations = waiting.Metadata.Annotations.With("kip.dev/on-delete", "drop") } });
        world.Settle();

        world.Find<Trigger>(new("default", "orders")).ShouldBeNull();
    }

    private static Kip.Resources.Serving.ServiceSpec Ksvc(string image) =>
        new() { Template = new() { Spec = new() { Containers = [new() { Image = $"kip.local/{image}" }] } } };
}
