using System.Net.Http.Headers;
using System.Text;
using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;

namespace Kip.Conformance.Eventing;

/// <summary>Sends events, and makes the objects that most cases share.</summary>
public static class Events
{
    public const string Type = "com.example.thing";
    public const string ReplyType = "com.example.ReplyEvent";

    /// <summary>Applies a Broker and its Triggers, and completes when all are Ready.</summary>
    /// <param name="spec">Of the Broker, as a YAML flow map's entries.</param>
    /// <param name="triggers">Each a name and the entries of its spec beside <c>broker</c>.</param>
    /// <returns>Where the Broker takes events in.</returns>
    public static async Task<string> BrokerAsync(this ConformanceTarget target, string spec, params (string Name, string Spec)[] triggers)
    {
        await target.ApplyAsync($"apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {{ name: b }}\nspec: {{ {spec} }}\n");
        foreach (var (name, entries) in triggers) await target.ApplyAsync(Trigger(name, entries));
        foreach (var (name, _) in triggers) await target.TriggerReadyAsync(name);
        var broker = await target.WaitAsync<Broker>("b", static b => b.Status.Conditions.IsTrue("Ready"), "Ready");
        return Expect.Present(broker.Status.Address?.Url);
    }

    public static string Trigger(string name, string entries, string broker = "b") =>
        $"apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {{ name: {name} }}\nspec: {{ broker: {broker}, {entries} }}\n";

    public static Task<Trigger> TriggerReadyAsync(this ConformanceTarget target, string name) => target.WaitAsync<Trigger>(
        name, static t => t.Status.Conditions.IsTrue("Ready") && t.Status.ObservedGeneration == t.Metadata.Generation, "Ready");

    /// <summary>Applies an InMemoryChannel with its Subscriptions, and completes when all are Ready.</summary>
    /// <returns>Where the channel takes events in.</returns>
    public static async Task<string> ChannelAsync(
        this ConformanceTarget target, string name, string spec, params (string Name, string Spec)[] subscriptions)
    {
        await target.ApplyAsync($"apiVersion: messaging.knative.dev/v1\nkind: InMemoryChannel\nmetadata: {{ name: {name} }}\nspec: {{ {spec} }}\n");
        foreach (var (subscription, entries) in subscriptions) await target.ApplyAsync(Subscription(subscription, name, entries));
        foreach (var (subscription, _) in subscriptions) await target.SubscriptionReadyAsync(subscription);
        var channel = await target.WaitAsync<InMemoryChannel>(name, static c => c.Status.Conditions.IsTrue("Ready"), "Ready");
        return Expect.Present(channel.Status.Address?.Url);
    }

    public static string Subscription(string name, string channel, string entries, string kind = "InMemoryChannel") =>
        $"apiVersion: messaging.knative.dev/v1\nkind: Subscription\nmetadata: {{ name: {name} }}\n"
        + $"spec: {{ channel: {{ apiVersion: messaging.knative.dev/v1, kind: {kind}, name: {channel} }}, {entries} }}\n";

    public static Task<Subscription> SubscriptionReadyAsync(this ConformanceTarget target, string name) => target.WaitAsync<Subscription>(
        name, static s => s.Status.Conditions.IsTrue("Ready") && s.Status.ObservedGeneration == s.Metadata.Generation, "Ready");

    /// <summary>Sends an event in binary mode and expects it to be accepted.</summary>
    /// <param name="headers">More headers, as <c>name: value</c>; an attribute by its header, <c>ce-…</c>. One without a value removes it.</param>
    public static async Task SendEventAsync(
        this ConformanceTarget target, string url, string type = Type, string body = "{\"hello\":\"world\"}", params string[] headers)
    {
        var answer = await target.PostEventAsync(url, type, body, "application/json", headers);
        Expect.That(answer.Status is >= 200 and < 300, $"the event should have been accepted, and was answered {answer.Status}: {answer.Body}");
    }

    /// <summary>Sends what may be an event, and returns the answer.</summary>
    public static async Task<Answer> PostEventAsync(
        this ConformanceTarget target, string url, string type = Type, string body = "{\"hello\":\"world\"}", string contentType = "application/json",
        params string[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["ce-specversion"] = "1.0", ["ce-id"] = Guid.NewGuid().ToString(), ["ce-source"] = "/conformance", ["ce-type"] = type,
        };
        foreach (var header in headers)
        {
            var at = header.IndexOf(':', StringComparison.Ordinal);
            if (at < 0) all.Remove(header);
            else all[header[..at]] = header[(at + 1)..].Trim();
        }
        foreach (var (name, value) in all) request.Headers.TryAddWithoutValidation(name, value);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await target.SendAsync(request);
    }

    /// <summary>Sends an event in structured mode.</summary>
    public static async Task<Answer> PostStructuredAsync(this ConformanceTarget target, string url, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/cloudevents+json; charset=utf-8");
        return await target.SendAsync(request);
    }
}
