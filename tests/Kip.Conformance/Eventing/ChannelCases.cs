using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Messaging;

namespace Kip.Conformance.Eventing;

/// <summary>Channels and Subscriptions: upstream's channel conformance and features.</summary>
public static class ChannelCases
{
    private const string Control = "knative/eventing test/rekt/features/channel/control_plane.go";
    private const string Data = "knative/eventing test/rekt/features/channel/data_plane.go";
    private const string Quick = "backoffPolicy: linear, backoffDelay: PT0.1S";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new(
            "eventing/channel/control",
            "A ready channel has an address, the annotation of what can be subscribed to, and its subscribers in spec and status", Control,
            ControlAsync),
        new("eventing/channel/generic", "A Channel is ready when the one behind it is, and has its address", Control, GenericAsync),
        new("eventing/channel/dead-letter-uri", "A channel with a dead letter sink has status.deadLetterSinkUri", Control, DeadLetterUriAsync),
        new("eventing/channel/data", "A channel takes events in every version and mode, and refuses what is none", Data, DataAsync),
        new(
            "eventing/channel/all-subscribers", "Every subscriber gets every event, with what may pass of the headers",
            "ChannelForwardHeaders, TestChannelPreferHeaderCheck", AllAsync),
        new("eventing/channel/async", "Events are accepted while a subscriber takes its time", "TestChannelAsyncHandler", AsyncAsync),
        new("eventing/channel/retry", "A subscriber that refuses once gets the event again", "Channel delivery matrix", RetryAsync),
        new(
            "eventing/channel/reply-retry", "A reply that is refused once is sent again, and one refused for good makes a dead letter",
            "Channel delivery matrix", ReplyRetryAsync),
        new("eventing/channel/chain", "Events go through a chain of channels", "TestChannelChain", ChainAsync),
        new("eventing/channel/transformation", "A subscriber's reply goes to another channel", "TestEventTransformationForSubscriptionV1", TransformationAsync),
        new(
            "eventing/channel/dead-letters", "A channel's dead letter sink gets what its subscriber refuses, with the error extensions",
            "TestChannelDeadLetterSink, TestChannelDeadLetterSinkExtensions", DeadLettersAsync),
        new("eventing/channel/generic-dead-letters", "So does a Channel's", "TestGenericChannelDeadLetterSink", GenericDeadLettersAsync),
        new("eventing/channel/channel-as-sink", "A channel can be a dead letter sink", "TestChannelDeadLetterSink", ChannelAsSinkAsync),
        new(
            "eventing/channel/immutable", "A Channel's spec and a Subscription's channel cannot be changed", "Knative Eventing, validation webhook",
            ImmutableAsync),
    ];

    private static async Task ControlAsync(ConformanceTarget target)
    {
        await target.ChannelAsync("c", "", ("s", "subscriber: { uri: \"http://127.0.0.1:9/\" }"));
        var channel = Expect.Found(await target.GetAsync<InMemoryChannel>("c"));
        Expect.Equal("v1", channel.Metadata.Annotations.Get("messaging.knative.dev/subscribable"));
        Expect.Equal(channel.Metadata.Generation, channel.Status.ObservedGeneration);
        var uid = (await target.GetAsync<Subscription>("s"))!.Metadata.Uid;
        Expect.Equal(uid, channel.Spec.Subscribers.Single().Uid);
        Expect.Equal(uid, channel.Status.Subscribers.Single().Uid);
        Expect.Equal("True", channel.Status.Subscribers.Single().Ready);
        Expect.Equal("ExternalName", (await target.GetAsync<Service>("c-kn-channel"))?.Spec.Type);
    }

    private static async Task GenericAsync(ConformanceTarget target)
    {
        await GenericAsync(target, "");
        var channel = Expect.Found(await target.GetAsync<Channel>("c"));
        Expect.Equal((await target.GetAsync<InMemoryChannel>("c"))?.Status.Address?.Url, Expect.Present(channel.Status.Address?.Url));
        Expect.Equal("InMemoryChannel", channel.Status.Channel?.Kind);
    }

    private static async Task DeadLetterUriAsync(ConformanceTarget target)
    {
        await target.ChannelAsync("c", "delivery: { deadLetterSink: { uri: \"http://127.0.0.1:9/dls\" } }");
        Expect.Equal("http://127.0.0.1:9/dls", (await target.GetAsync<InMemoryChannel>("c"))?.Status.DeadLetterSinkUri);
    }

    private static async Task DataAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.ChannelAsync("c", "", ("s", $"subscriber: {hub.At("s")}"));
        (await target.PostEventAsync(url)).Is(202);
        (await target.PostEventAsync(url, headers: "ce-specversion: 0.3")).Is(202);
        (await target.PostStructuredAsync(url, """{"specversion":"1.0","id":"s-1","source":"/conformance","type":"t","data":"x"}""")).Is(202);
        (await target.PostEventAsync(url, headers: "ce-type")).Is(400);
        (await target.PostStructuredAsync(url, "{")).Is(400);
        using var get = new HttpRequestMessage(HttpMethod.Get, url);
        (await target.SendAsync(get)).Is(405);
        Expect.Contains("0.3", string.Join(' ', (await hub.WaitAsync("s", 3)).Select(static a => a.Attribute("specversion"))));
    }

    private static async Task AllAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.ChannelAsync("c", "", ("a", $"subscriber: {hub.At("a")}"), ("b", $"subscriber: {hub.At("b")}"));
        await target.SendEventAsync(url, headers: ["knative-hello: world", "x-secret: none of your business"]);
        foreach (var receiver in (string[])["a", "b"])
        {
            var came = (await hub.WaitAsync(receiver))[0];
            Expect.Equal("world", came.Headers.GetValueOrDefault("knative-hello", ""));
            Expect.Equal("reply", came.Headers.GetValueOrDefault("prefer", ""));
            Expect.That(!came.Headers.ContainsKey("x-secret"), "a header that is not to be forwarded was");
        }
    }

    private static async Task AsyncAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.ChannelAsync("c", "", ("slow", $"subscriber: {hub.At("slow", "sleep=3000")}"), ("s", $"subscriber: {hub.At("s")}"));
        await target.SendEventAsync(url);
        await target.SendEventAsync(url);
        await hub.WaitAsync("s", 2);
    }

    private static async Task RetryAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.ChannelAsync("c", $"delivery: {{ retry: 1, {Quick} }}", ("s", $"subscriber: {hub.At("s", "fail=1")}"));
        await target.SendEventAsync(url);
        await hub.WaitAsync("s", 2);
    }

    private static async Task ReplyRetryAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.ChannelAsync(
            "c", $"delivery: {{ retry: 1, {Quick}, deadLetterSink: {hub.At("dls")} }}",
            ("once", $"subscriber: {hub.At("once", "reply=r")}, reply: {hub.At("reply-once", "fail=1")}"),
            ("never", $"subscriber: {hub.At("never", "reply=r")}, reply: {hub.At("reply-never", "fail=2")}"));
        await target.SendEventAsync(url);
        await hub.WaitAsync("reply-once", 2);
        await hub.WaitAsync("reply-never", 2);
        await hub.WaitAsync("dls");
        await hub.WaitAsync("never");
    }

    private static async Task ChainAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        await target.ChannelAsync("last", "", ("s2", $"subscriber: {hub.At("end")}"));
        var url = await target.ChannelAsync(
            "first", "", ("s1", "subscriber: { ref: { apiVersion: messaging.knative.dev/v1, kind: InMemoryChannel, name: last } }"));
        await target.SendEventAsync(url);
        await hub.WaitAsync("end");
    }

    private static async Task TransformationAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        await target.ChannelAsync("last", "", ("s2", $"subscriber: {hub.At("end")}"));
        var url = await target.ChannelAsync(
            "first", "", ("s1", $"subscriber: {hub.At("step", "reply=changed")}, reply: {{ ref: {{ apiVersion: messaging.knative.dev/v1, kind: "
            + "InMemoryChannel, name: last } }"));
        await target.SendEventAsync(url);
        Expect.Equal("changed", (await hub.WaitAsync("end"))[0].Attribute("type"));
    }

    private static async Task DeadLettersAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.ChannelAsync(
            "c", $"delivery: {{ deadLetterSink: {hub.At("dls")} }}", ("s", $"subscriber: {hub.At("s", "fail=9&status=422&body=no")}"));
        await target.SendEventAsync(url);
        var letter = (await hub.WaitAsync("dls"))[0];
        Expect.Equal("422", letter.Attribute("knativeerrorcode"));
        Expect.Equal("bm8=", letter.Attribute("knativeerrordata"));
        Expect.Equal((await target.GetAsync<Subscription>("s"))!.Status.PhysicalSubscription!.SubscriberUri, letter.Attribute("knativeerrordest"));
    }

    private static async Task GenericDeadLettersAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        await GenericAsync(target, $"delivery: {{ deadLetterSink: {hub.At("dls")} }}");
        await target.ApplyAsync(Events.Subscription("s", "c", $"subscriber: {hub.At("s", "fail=9")}", kind: "Channel"));
        await target.SubscriptionReadyAsync("s");
        await target.SendEventAsync((await target.GetAsync<Channel>("c"))!.Status.Address!.Url!);
        await hub.WaitAsync("dls");
    }

    private static async Task ChannelAsSinkAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        await target.ChannelAsync("dead", "", ("d", $"subscriber: {hub.At("dls")}"));
        var url = await target.ChannelAsync(
            "c", "delivery: { deadLetterSink: { ref: { apiVersion: messaging.knative.dev/v1, kind: InMemoryChannel, name: dead } } }",
            ("s", $"subscriber: {hub.At("s", "fail=9")}"));
        await target.SendEventAsync(url);
        await hub.WaitAsync("dls");
    }

    private static async Task ImmutableAsync(ConformanceTarget target)
    {
        await GenericAsync(target, "");
        await target.ApplyAsync(Events.Subscription("s", "c", "subscriber: { uri: \"http://127.0.0.1:9/\" }", kind: "Channel"));
        var channel = await target.RefusedAsync(
            "apiVersion: messaging.knative.dev/v1\nkind: Channel\nmetadata: { name: c }\nspec: { channelTemplate: { apiVersion: "
            + "messaging.knative.dev/v1, kind: Another } }\n");
        Expect.Contains("Immutable fields changed", channel.Message);
        var subscription = await target.RefusedAsync(Events.Subscription("s", "another", "subscriber: { uri: \"http://127.0.0.1:9/\" }", kind: "Channel"));
        Expect.Contains("Immutable fields changed", subscription.Message);
    }

    private static async Task GenericAsync(ConformanceTarget target, string spec)
    {
        await target.ApplyAsync($"apiVersion: messaging.knative.dev/v1\nkind: Channel\nmetadata: {{ name: c }}\nspec: {{ {spec} }}\n");
        await target.WaitAsync<Channel>("c", static c => c.Status.Conditions.IsTrue("Ready"), "Ready");
    }
}
