using System.Text;
using Kip.Resources;
using Kip.Resources.Eventing;

namespace Kip.Conformance.Eventing;

/// <summary>Retries, dead letters and error extensions of Brokers and Triggers: upstream's delivery matrix and what belongs to it.</summary>
public static class BrokerDeliveryCases
{
    private const string Matrix = "knative/eventing TestBrokerConformance, delivery matrix";
    private const string Quick = "backoffPolicy: linear, backoffDelay: PT0.1S";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("eventing/broker-delivery/no-retry", "Without a delivery an event is tried once", Matrix, OnceAsync),
        new(
            "eventing/broker-delivery/broker-retries", "The Broker's retries hold for its Triggers, and what fails them all is a dead letter", Matrix,
            BrokerRetriesAsync),
        new(
            "eventing/broker-delivery/trigger-retries",
            "A Trigger's delivery replaces the Broker's, and an event without a dead letter sink is given up", Matrix, TriggerRetriesAsync),
        new(
            "eventing/broker-delivery/trigger-beside-broker", "Triggers with and without a delivery of their own do not disturb each other", Matrix,
            BesideAsync),
        new("eventing/broker-delivery/both-sinks", "A Trigger's dead letters go to its own sink, the others' to the Broker's", Matrix, BothSinksAsync),
        new(
            "eventing/broker-delivery/unreachable", "A dead letter names the subscriber that could not be reached",
            "TestBrokerDeadLetterSinkExtensions", UnreachableAsync),
        new(
            "eventing/broker-delivery/error-code", "A dead letter carries the status that the subscriber answered",
            "TestBrokerDeadLetterSinkExtensions", ErrorCodeAsync),
        new(
            "eventing/broker-delivery/error-data", "A dead letter carries what the subscriber said, in base64", "TestBrokerDeadLetterSinkExtensions",
            ErrorDataAsync),
        new("eventing/broker-delivery/not-an-event", "An answer that is no event is a failed delivery", "Knative Eventing, broker filter", NotAnEventAsync),
        new("eventing/broker-delivery/timeout", "A subscriber slower than the timeout has failed", "TestBrokerTriggerWithDeliveryTimeout", TimeoutAsync),
        new(
            "eventing/broker-delivery/flaky-sink", "A dead letter sink that refuses at first gets the event by retries", "TestBrokerWithFlakyDLQ",
            FlakySinkAsync),
    ];

    private static async Task OnceAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync("delivery: { retry: 0 }", ("a", Sub(hub.At("a"))), ("c", Sub(hub.At("c"))));
        await target.SendEventAsync(url);
        await hub.WaitAsync("a");
        await hub.WaitAsync("c");
    }

    private static async Task BrokerRetriesAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            $"delivery: {{ retry: 3, {Quick}, deadLetterSink: {hub.At("dls")} }}", ("a", Sub(hub.At("a", "fail=3"))), ("c", Sub(hub.At("c", "fail=4"))));
        await target.SendEventAsync(url);
        Statuses(await hub.WaitAsync("a", 4), "500 500 500 200");
        Statuses(await hub.WaitAsync("c", 4), "500 500 500 500");
        await hub.WaitAsync("dls");
    }

    private static async Task TriggerRetriesAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            "delivery: { retry: 0 }", ("a", $"{Sub(hub.At("a", "fail=3"))}, delivery: {{ retry: 3, {Quick}, deadLetterSink: {hub.At("dls")} }}"),
            ("c", $"{Sub(hub.At("c", "fail=2"))}, delivery: {{ retry: 1, {Quick} }}"));
        await target.SendEventAsync(url);
        Statuses(await hub.WaitAsync("a", 4), "500 500 500 200");
        Statuses(await hub.WaitAsync("c", 2), "500 500");
        await hub.NothingAsync("dls");
    }

    private static async Task BesideAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            $"delivery: {{ retry: 1, {Quick}, deadLetterSink: {hub.At("broker-dls")} }}",
            ("a", $"{Sub(hub.At("a", "fail=3"))}, delivery: {{ retry: 3, {Quick}, deadLetterSink: {hub.At("trigger-dls")} }}"),
            ("c", Sub(hub.At("c", "fail=2"))));
        await target.SendEventAsync(url);
        Statuses(await hub.WaitAsync("a", 4), "500 500 500 200");
        await hub.WaitAsync("c", 2);
        await hub.WaitAsync("broker-dls");
        await hub.NothingAsync("trigger-dls");
    }

    private static async Task BothSinksAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            $"delivery: {{ retry: 1, {Quick}, deadLetterSink: {hub.At("broker-dls")} }}",
            ("a", $"{Sub(hub.At("a", "fail=4"))}, delivery: {{ retry: 3, {Quick}, deadLetterSink: {hub.At("trigger-dls")} }}"),
            ("c", Sub(hub.At("c", "fail=2"))));
        await target.SendEventAsync(url);
        await hub.WaitAsync("a", 4);
        await hub.WaitAsync("c", 2);
        await hub.WaitAsync("trigger-dls");
        await hub.WaitAsync("broker-dls");
    }

    private static async Task UnreachableAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            $"delivery: {{ retry: 0, deadLetterSink: {hub.At("dls")} }}", ("a", "subscriber: { uri: \"http://127.0.0.1:9/nobody\" }"));
        await target.SendEventAsync(url);
        var letter = (await hub.WaitAsync("dls"))[0];
        Expect.Equal("http://127.0.0.1:9/nobody", letter.Attribute("knativeerrordest"));
        Expect.Equal(target.Namespace, letter.Headers.GetValueOrDefault("kn-namespace", ""));
    }

    private static async Task ErrorCodeAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync($"delivery: {{ retry: 0, deadLetterSink: {hub.At("dls")} }}", ("a", Sub(hub.At("a", "fail=9&status=422"))));
        await target.SendEventAsync(url);
        var letter = (await hub.WaitAsync("dls"))[0];
        Expect.Equal("422", letter.Attribute("knativeerrorcode"));
        Expect.Equal(Expect.Found(await target.GetAsync<Trigger>("a")).Status.SubscriberUri, letter.Attribute("knativeerrordest"));
    }

    private static async Task ErrorDataAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            $"delivery: {{ retry: 0, deadLetterSink: {hub.At("dls")} }}", ("a", Sub(hub.At("a", "fail=9&status=422&body=cannot+do"))));
        await target.SendEventAsync(url);
        var letter = (await hub.WaitAsync("dls"))[0];
        Expect.Equal(Convert.ToBase64String(Encoding.UTF8.GetBytes("cannot do")), letter.Attribute("knativeerrordata"));
        Expect.Equal("{\"hello\":\"world\"}", letter.Body);
    }

    private static async Task NotAnEventAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync($"delivery: {{ retry: 1, {Quick}, deadLetterSink: {hub.At("dls")} }}", ("a", Sub(hub.At("a", "nonevent=1"))));
        await target.SendEventAsync(url);
        await hub.WaitAsync("a", 2);
        await hub.WaitAsync("dls");
    }

    private static async Task TimeoutAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            "", ("a", $"{Sub(hub.At("a", "sleep=100000"))}, delivery: {{ retry: 0, timeout: PT1S, deadLetterSink: {hub.At("dls")} }}"));
        await target.SendEventAsync(url);
        await hub.WaitAsync("dls");
    }

    private static async Task FlakySinkAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            $"delivery: {{ retry: 2, {Quick}, deadLetterSink: {hub.At("dls", "fail=2")} }}", ("a", Sub(hub.At("a", "fail=9"))));
        await target.SendEventAsync(url);
        await hub.WaitAsync("a", 3);
        Statuses(await hub.WaitAsync("dls", 3), "500 500 200");
    }

    private static string Sub(string destination) => $"subscriber: {destination}";

    private static void Statuses(IReadOnlyList<Hub.Attempt> attempts, string expected) =>
        Expect.Equal(expected, string.Join(' ', attempts.Select(static a => a.Status)));
}
