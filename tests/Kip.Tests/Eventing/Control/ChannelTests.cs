using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Duck;
using Kip.Resources.Messaging;
using Kip.Testing.Eventing;
using Kip.Testing.Serving;
using Shouldly;
using static Kip.Tests.Eventing.Control.EventingYaml;

namespace Kip.Tests.Eventing.Control;

public class ChannelTests
{
    private readonly ServingWorld _world = EventingWorld.Make();

    [Fact]
    public void A_channel_makes_the_one_behind_it_and_says_what_that_one_says()
    {
        _world.ApplyYaml(Channel());

        var channel = _world.Get<Channel>("pipe");
        channel.Status.Conditions.IsReady().ShouldBeTrue();
        channel.Status.Channel.ShouldBe(new() { ApiVersion = "messaging.knative.dev/v1", Kind = "InMemoryChannel", Namespace = "default", Name = "pipe" });
        channel.Status.Address!.Url.ShouldBe("http://pipe-kn-channel.default.svc.cluster.local");
        channel.Metadata.Annotations["messaging.knative.dev/subscribable"].ShouldBe("v1");
        var service = _world.Get<Service>("pipe-kn-channel");
        (service.Spec.Type, service.Spec.ExternalName).ShouldBe(("ExternalName", "imc-dispatcher.knative-eventing.svc.cluster.local"));
        service.Metadata.Labels["messaging.knative.dev/role"].ShouldBe("in-memory-channel");
        service.IsControlledBy(_world.Get<InMemoryChannel>("pipe")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("1st")]
    public void A_channel_whose_name_no_Service_can_have_says_so(string name)
    {
        _world.ApplyYaml(Channel().Replace("name: pipe", $"name: '{name}'", StringComparison.Ordinal));

        var failed = _world.Get<InMemoryChannel>(name).Status.Conditions.Find("ChannelServiceReady")!;
        (failed.Status, failed.Reason).ShouldBe((ConditionStatus.False, "ChannelServiceFailed"));
        failed.Message!.ShouldStartWith($"Channel Service failed: \"{name}-kn-channel\" cannot be the name of a Service: a DNS-1035 label must");
        _world.Find<Service>(new("default", $"{name}-kn-channel")).ShouldBeNull();
        _world.Get<Channel>(name).Status.Conditions.Find("Ready")!.Reason.ShouldBe("ChannelServiceFailed");
    }

    [Fact]
    public void A_channel_hands_on_how_long_its_events_are_kept_now_and_later()
    {
        _world.ApplyYaml(Annotated("kip.dev/retention-time: 36h, other: x"));
        var annotations = _world.Get<InMemoryChannel>("pipe").Metadata.Annotations;
        (annotations.Get("kip.dev/retention-time"), annotations.Get("other")).ShouldBe(("36h", null));

        _world.ApplyYaml(Annotated("kip.dev/retention-time: P3D, kip.dev/retention-bytes: 16Mi"));
        annotations = _world.Get<InMemoryChannel>("pipe").Metadata.Annotations;
        (annotations.Get("kip.dev/retention-time"), annotations.Get("kip.dev/retention-bytes")).ShouldBe(("P3D", "16Mi"));
        _world.Get<Channel>("pipe").Status.Conditions.IsReady().ShouldBeTrue();

        _world.ApplyYaml(Annotated("kip.dev/retention-bytes: 16Mi"));
        annotations = _world.Get<InMemoryChannel>("pipe").Metadata.Annotations;
        (annotations.Get("kip.dev/retention-time"), annotations.Get("kip.dev/retention-bytes"))
            .ShouldBe((null, "16Mi"), "what is said no longer does not hold any longer");
    }

    [Fact]
    public void A_channel_that_drains_stays_until_the_one_behind_it_has_delivered_everything()
    {
        var (world, plane) = Draining();

        world.Delete(world.Get<Channel>("pipe"));
        world.Settle();
        world.Get<Channel>("pipe").Metadata.DeletionTimestamp.ShouldNotBeNull();
        world.Get<InMemoryChannel>("pipe").Metadata.DeletionTimestamp.ShouldNotBeNull();
        world.Get<InMemoryChannel>("pipe").Spec.Subscribers.Count.ShouldBe(1);

        plane.Busy.Clear();
        plane.Tell(world.Get<InMemoryChannel>("pipe"));
        world.Settle();
        world.Find<InMemoryChannel>(new("default", "pipe")).ShouldBeNull();
        world.Find<Channel>(new("default", "pipe")).ShouldBeNull();
    }

    [Fact]
    public void A_channels_wait_to_drain_ends_when_the_user_thinks_better_of_it()
    {
        var (world, _) = Draining();
        world.Delete(world.Get<Channel>("pipe"));
        world.Settle();

        var waiting = world.Get<Channel>("pipe");
        world.Apply(waiting with { Metadata = waiting.Metadata with { Annotations = waiting.Metadata.Annotations.With("kip.dev/on-delete", "drop") } });
        world.Settle();

        world.Find<Channel>(new("default", "pipe")).ShouldBeNull();
        world.Find<InMemoryChannel>(new("default", "pipe")).ShouldBeNull();
    }

    [Fact]
    public void A_channel_that_no_longer_asks_to_drain_goes_at_once()
    {
        var (world, _) = Draining();
        world.ApplyYaml(Channel());
        world.Get<InMemoryChannel>("pipe").Metadata.Finalizers.ShouldBeEmpty();

        world.Delete(world.Get<Channel>("pipe"));
        world.Settle();

        world.Find<Channel>(new("default", "pipe")).ShouldBeNull();
        world.Find<InMemoryChannel>(new("default", "pipe")).ShouldBeNull();
    }

    private static (ServingWorld World, PlayedDataPlane Plane) Draining()
    {
        var plane = new PlayedDataPlane();
        var world = EventingWorld.Make(dataPlane: plane);
        plane.Busy.Add("inmemorychannel-pipe");
        world.ApplyYaml(Annotated("kip.dev/on-delete: drain") + "\n---\n" + Subscription());
        return (world, plane);
    }

    private static string Annotated(string annotations) =>
        Channel().Replace("name: pipe", $"name: pipe, annotations: {{ {annotations} }}", StringComparison.Ordinal);

    [Theory]
    [InlineData("channelTemplate: {apiVersion: messaging.knative.dev/v1beta1, kind: KafkaChannel}", "there are no channels of kind KafkaChannel")]
    [InlineData("channelTemplate: {apiVersion: messaging.knative.dev/v1, kind: InMemoryChannel, spec: {delivery: 7}}", "the spec of the channel template")]
    public void A_channel_whose_template_cannot_be_followed_says_so(string template, string message)
    {
        _world.ApplyYaml(Channel(more: template));

        var conditions = _world.Get<Channel>("pipe").Status.Conditions;
        conditions.Told("BackingChannelReady").ShouldBe("False ChannelFailure");
        conditions.Find("BackingChannelReady")!.Message.ShouldNotBeNull().ShouldContain(message);
    }

    [Fact]
    public void A_subscription_becomes_a_subscriber_of_the_channel_and_then_ready()
    {
        _world.ApplyYaml(Channel() + "\n---\n" + Subscription(more: "reply: {uri: 'http://127.0.0.1:9/r'}"));

        var subscription = _world.Get<Subscription>("sub");
        subscription.Status.Conditions.IsReady().ShouldBeTrue();
        subscription.Status.PhysicalSubscription.ShouldBe(new() { SubscriberUri = "http://127.0.0.1:9/s", ReplyUri = "http://127.0.0.1:9/r" });
        var channel = _world.Get<InMemoryChannel>("pipe");
        channel.Spec.Subscribers.ShouldBe(
        [
            new SubscriberSpec
            {
                Name = "sub", Uid = "subscription-sub", Generation = 1, SubscriberUri = "http://127.0.0.1:9/s", ReplyUri = "http://127.0.0.1:9/r",
            },
        ]);
        channel.Status.Subscribers.ShouldBe([new SubscriberStatus { Uid = "subscription-sub", ObservedGeneration = 1, Ready = "True" }]);
        _world.Get<Channel>("pipe").Status.Subscribers.ShouldBe(channel.Status.Subscribers);
    }

    [Fact]
    public void A_subscription_may_come_first_may_change_and_leaves_nothing_behind()
    {
        _world.ApplyYaml(Subscription(kind: "InMemoryChannel"));
        _world.Get<Subscription>("sub").Status.Conditions.Told("ReferencesResolved").ShouldBe("Unknown ChannelReferenceFailed");
        _world.ApplyYaml("apiVersion: messaging.knative.dev/v1\nkind: InMemoryChannel\nmetadata: {name: pipe}\n");
        _world.Get<Subscription>("sub").Status.Conditions.IsReady().ShouldBeTrue();

        _world.ApplyYaml(Subscription(kind: "InMemoryChannel", more: "delivery: {retry: 2}"));
        _world.Get<InMemoryChannel>("pipe").Spec.Subscribers[0].Delivery!.Retry.ShouldBe(2);
        _world.Get<Subscription>("sub").Status.Conditions.IsReady().ShouldBeTrue();

        _world.Delete(_world.Get<Subscription>("sub"));
        _world.Settle();
        _world.Get<InMemoryChannel>("pipe").Spec.Subscribers.ShouldBeEmpty();
        _world.Get<InMemoryChannel>("pipe").Status.Subscribers.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "", null, null)]
    [InlineData("delivery: {retry: 4, backoffPolicy: linear, backoffDelay: PT1S, deadLetterSink: {uri: 'http://c/dls'}}", "", 4, "http://c/dls")]
    [InlineData("delivery: {retry: 4, deadLetterSink: {uri: 'http://c/dls'}}", "delivery: {retry: 1}", 1, "http://c/dls")]
    [InlineData("delivery: {retry: 4}", "delivery: {deadLetterSink: {uri: 'http://s/dls'}}", null, "http://s/dls")]
    public void A_delivery_replaces_the_channels_as_a_whole_but_for_the_dead_letter_sink(string channel, string subscription, int? retry, string? sink)
    {
        _world.ApplyYaml(Channel(more: channel) + "\n---\n" + Subscription(more: subscription));

        var delivery = _world.Get<InMemoryChannel>("pipe").Spec.Subscribers[0].Delivery;
        delivery?.Retry.ShouldBe(retry);
        (delivery?.DeadLetterSink?.Uri).ShouldBe(sink);
        _world.Get<Subscription>("sub").Status.PhysicalSubscription!.DeadLetterSinkUri.ShouldBe(sink);
    }

    [Fact]
    public void A_name_that_somebody_else_has_is_not_taken_over()
    {
        _world.Apply(new Service { Metadata = new() { Name = "pipe-kn-channel", Namespace = "default" }, Spec = new() { Ports = [new() { Port = 1 }] } });
        _world.ApplyYaml(Channel());
        _world.Get<InMemoryChannel>("pipe").Status.Conditions.Told("ChannelServiceReady").ShouldBe("False ChannelServiceFailed");

        _world.Delete(_world.Get<Service>("pipe-kn-channel"));
        _world.Settle();

        _world.Get<Channel>("pipe").Status.Conditions.IsReady().ShouldBeTrue();
    }

    [Fact]
    public void A_subscription_that_drains_stays_a_subscriber_until_it_has()
    {
        var plane = new PlayedDataPlane();
        var world = EventingWorld.Make(dataPlane: plane);
        plane.Busy.Add("subscription-sub");
        world.ApplyYaml(Channel() + "\n---\n" + Subscription(annotations: "kip.dev/on-delete: drain"));

        world.Delete(world.Get<Subscription>("sub"));
        world.Settle();
        world.Get<InMemoryChannel>("pipe").Spec.Subscribers.Count.ShouldBe(1);

        plane.Busy.Clear();
        plane.Tell(world.Get<Subscription>("sub"));
        world.Settle();
        world.Find<Subscription>(new("default", "sub")).ShouldBeNull();
        world.Get<InMemoryChannel>("pipe").Spec.Subscribers.ShouldBeEmpty();
    }
}
