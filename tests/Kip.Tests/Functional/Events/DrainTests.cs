using System.Text.Json;
using Kip.Testing.Load;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional.Events;

/// <summary>Deletion with <c>kip.dev/on-delete: drain</c> while events wait for a slow subscriber, for everything that can be asked for it.</summary>
[Collection(KipCollection.Name)]
public class DrainTests(KipFixture fixture)
{
    private const int Events = 3;

    private KipProgram Kip => fixture.Kip;

    private static readonly (string Name, string Deleted)[] Cases =
        [("trigger", "trigger/by-trigger"), (
            "broker", "broker/by-broker"), ("sub", "subscription/by-sub"), ("imc", "inmemorychannel/by-imc"), ("channel", "channel/by-channel")];

    [Fact]
    public async Task What_is_deleted_delivers_what_was_acknowledged_and_goes()
    {
        (await ApplyAsync(ServiceYaml.Hello("hub", "x", "autoscaling.knative.dev/min-scale: \"1\"").Replace("kip.local/helloworld", "kip.local/conformance")))
            .Succeeded();
        (await ApplyAsync(Manifest)).Succeeded();
        (await Kip.KubectlAsync(
            "wait", "ksvc/hub", "trigger/by-trigger", "trigger/by-broker", "subscription/by-sub", "subscription/by-imc", "subscription/by-channel",
            "--for=condition=Ready", "--timeout=60s")).Succeeded();
        foreach (var (name, _) in Cases)
            for (var i = 0; i < Events; i++) (await SendAsync(name, "com.example.before")).ShouldBe(202);

        (await AccountsAsync()).ShouldNotBeEmpty();

        var late = new Dictionary<string, int>();
        (await Kip.KubectlAsync(["delete", "--wait=false", .. Cases.Select(static c => c.Deleted)])).Succeeded();
        foreach (var (name, _) in Cases.Where(static c => c.Name is not ("trigger" or "sub"))) late[name] = await SendUntilRefusedAsync(name);
        await AccountsAsync();
        (await Kip.KubectlAsync(["wait", "--for=delete", "--timeout=120s", .. Cases.Select(static c => c.Deleted)])).Succeeded();

        using var client = LoopbackClient.To(Kip.Gateway);
        foreach (var (name, _) in Cases)
        {
            var received = await client.GetStringAsync($"http://hub.default.localhost:{Kip.Gateway.Port}/received/{name}");
            received.Split("com.example.before").Length.ShouldBe(1 + Events, $"{name}: {received}");
            if (late.TryGetValue(name, out var acknowledged)) received.Split("com.example.late").Length.ShouldBe(1 + acknowledged, $"{name}: {received}");
        }
        (await Kip.KubectlAsync("get", "imc/by-channel")).ExitCode.ShouldNotBe(0, "what stood behind the Channel is gone, too");
        (await Kip.KubectlAsync("delete", "ksvc/hub", "broker/by-trigger", "imc/by-sub", "trigger/by-broker", "subscription/by-imc", "subscription/by-channel"))
            .Succeeded();
    }

    private static string Manifest => string.Join("\n---\n",
        Object("eventing.knative.dev/v1", "Broker", "by-trigger", "", false),
        Object("eventing.knative.dev/v1", "Trigger", "by-trigger", $"broker: by-trigger, {Slow("trigger")}", true),
        Object("eventing.knative.dev/v1", "Broker", "by-broker", "", true),
        Object("eventing.knative.dev/v1", "Trigger", "by-broker", $"broker: by-broker, {Slow("broker")}", false),
        Object("messaging.knative.dev/v1", "InMemoryChannel", "by-sub", "", false), SubscriptionTo("InMemoryChannel", "sub", true),
        Object("messaging.knative.dev/v1", "InMemoryChannel", "by-imc", "", true), SubscriptionTo("InMemoryChannel", "imc", false),
        Object("messaging.knative.dev/v1", "Channel", "by-channel", "", true), SubscriptionTo("Channel", "channel", false));

    private static string SubscriptionTo(string kind, string name, bool drains) => Object(
        "messaging.knative.dev/v1", "Subscription", $"by-{name}",
        $"channel: {{ apiVersion: messaging.knative.dev/v1, kind: {kind}, name: by-{name} }}, {Slow(name)}", drains);

    private static string Slow(string name) =>
        $"subscriber: {{ ref: {{ apiVersion: serving.knative.dev/v1, kind: Service, name: hub }}, uri: '/events/{name}?sleep=500' }}";

    private static string Object(string version, string kind, string name, string spec, bool drains)
    {
        var order = kind is "Trigger" or "Subscription" ? "kip.dev/delivery-order: ordered" : "";
        var drain = drains ? "kip.dev/on-delete: drain" : "";
        return $"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\n  annotations: {{ "
            + $"{string.Join(", ", new[] { order, drain }.Where(static a => a.Length > 0))} }}\nspec: {{ {spec} }}\n";
    }

    // Each must balance; those that have been drained already are no longer told.
    private async Task<IReadOnlyList<JsonElement>> AccountsAsync()
    {
        var told = JsonDocument.Parse((await Kip.KubectlAsync("get", "--raw", "/kip/events/accounting")).Succeeded().Output);
        var accounts = told.RootElement.GetProperty("subscriptions").EnumerateArray()
            .Where(static a => a.GetProperty("subscription").GetProperty("name").GetString()!.StartsWith("by-", StringComparison.Ordinal)).ToList();
        accounts.ShouldAllBe(static a => a.GetProperty("difference").GetInt64() == 0, told.RootElement.ToString());
        return accounts;
    }

    // What is acknowledged in the moment before the broker has heard of the deletion is promised like all before.
    private async Task<int> SendUntilRefusedAsync(string name)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var acknowledged = 0; ; acknowledged++)
        {
            var status = await SendAsync(name, "com.example.late");
            if (status == 404) return acknowledged;
            status.ShouldBe(202, name);
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private Task<CommandResult> ApplyAsync(string yaml) => Kip.KubectlWithInputAsync(yaml, "apply", "-f", "-");

    private async Task<int> SendAsync(string name, string type)
    {
        var url = name is "trigger" or "broker"
            ? $"http://broker-ingress.knative-eventing.svc.cluster.local/default/by-{name}"
            : $"http://by-{name}-kn-channel.default.svc.cluster.local/";
        using var client = LoopbackClient.To(Kip.Gateway);
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        foreach (var (header, value) in (ReadOnlySpan<(string, string)>)[("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/till"), ("ce-type", type)])
            request.Headers.Add(header, value);
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
