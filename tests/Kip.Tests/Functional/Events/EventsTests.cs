using System.Net.Http.Headers;
using System.Text;
using Kip.Testing.Load;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional.Events;

/// <summary>Events through the whole platform, driven with kubectl and kip as docs/events.md does.</summary>
[Collection(KipCollection.Name)]
public class EventsTests(KipFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private KipProgram Kip => fixture.Kip;

    [Fact]
    public async Task An_order_wakes_a_function_whose_answer_is_an_event_for_another()
    {
        foreach (var name in (string[])["invoicer", "archive"])
            (await Kip.KipAsync("deploy", "samples/events/invoicer", "--name", name, "--annotation", "autoscaling.knative.dev/initial-scale=0")).Succeeded();
        (await Kip.KubectlAsync("apply", "-f", "samples/events/shop.yaml")).Succeeded();
        (await Kip.KubectlAsync("wait", "broker/shop", "trigger/orders", "trigger/invoices", "--for=condition=Ready", "--timeout=60s")).Succeeded();
        (await Kip.KubectlAsync("get", "pods", "-l", "serving.knative.dev/service=invoicer")).Output.ShouldBeEmpty("both sleep");

        await SendAsync("http://broker-ingress.knative-eventing.svc.cluster.local/default/shop", "com.example.order", """{"id": 7, "price": 3, "pieces": 4}""");

        await UntilAsync(async () => (await Kip.KipAsync("logs", "archive")).Output.Contains("""com.example.invoice {"order":7,"total":12}"""));
        var shown = (await Kip.KubectlAsync("get", "brokers,triggers")).Succeeded().Output;
        shown.ShouldContain("broker.eventing.knative.dev/shop");
        shown.ShouldContain("http://invoicer.default.svc.cluster.local");
        (await Kip.KubectlAsync("describe", "trigger", "orders")).Succeeded().Output.ShouldContain("Subscriber Resolved".Replace(" ", ""));
        (await Kip.KubectlAsync("delete", "-f", "samples/events/shop.yaml", "--wait")).Succeeded();
        foreach (var name in (string[])["invoicer", "archive"]) (await Kip.KipAsync("delete", name)).Succeeded();
    }

    [Fact]
    public async Task What_is_wrong_is_refused_or_told_by_the_object()
    {
        var twice = await ApplyAsync(Trigger("bad", "filters: [{ exact: { type: a }, prefix: { type: b } }]"));
        twice.ExitCode.ShouldNotBe(0);
        twice.Error.ShouldContain("multiple dialects found");
        (await ApplyAsync(Trigger("bad", "filters: [{ cesql: \"type =\" }]"))).Error.ShouldContain("spec.filters[0].cesql");
        (await Kip.KubectlAsync("get", "trigger", "bad")).ExitCode.ShouldNotBe(0, "nothing was stored");

        (await ApplyAsync("apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata:\n  name: pigeons\n  annotations: { "
            + "eventing.knative.dev/broker.class: Pigeon }\n"))
            .Succeeded();
        await UntilAsync(async () => (await Kip.KubectlAsync(
            "get", "broker", "pigeons", "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].message}")).Output.Contains("class \"Pigeon\""));
        (await Kip.KubectlAsync("delete", "broker", "pigeons", "--wait")).Succeeded();
    }

    [Fact]
    public async Task Kubectl_knows_the_kinds_by_their_names_columns_and_words()
    {
        var kinds = (await Kip.KubectlAsync("api-resources", "--no-headers")).Succeeded().Output;
        foreach (var line in (string[])["inmemorychannels", "subscriptions", "sequences", "parallels", "eventtypes"]) kinds.ShouldContain(line);
        (await Kip.KubectlAsync("explain", "trigger.spec.filters")).Succeeded().Output.ShouldContain("Subscriptions API");
        (await ApplyAsync("apiVersion: messaging.knative.dev/v1\nkind: Channel\nmetadata: { name: looked-at }\n")).Succeeded();
        (await Kip.KubectlAsync("wait", "ch/looked-at", "--for=condition=Ready", "--timeout=60s")).Succeeded();
        (await Kip.KubectlAsync("get", "imc", "looked-at")).Succeeded().Output.ShouldContain("http://looked-at-kn-channel.default.svc.cluster.local");
        (await Kip.KubectlAsync("delete", "ch", "looked-at", "--wait")).Succeeded();
        await UntilAsync(async () => (await Kip.KubectlAsync("get", "imc", "looked-at")).ExitCode != 0);
    }

    private static string Trigger(string name, string more) =>
        $"apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {{ name: {name} }}\nspec:\n  broker: shop\n  subscriber: {{ uri: "
        + $"\"http://127.0.0.1:9/\" }}\n  {more}\n";

    private Task<CommandResult> ApplyAsync(string yaml) => Kip.KubectlWithInputAsync(yaml, "apply", "-f", "-");

    private async Task SendAsync(string url, string type, string body)
    {
        using var client = LoopbackClient.To(Kip.Gateway);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/till"), ("ce-type", type)])
            request.Headers.Add(name, value);
        using var answer = await client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(202);
    }

    // What is waited for has no watch: a log, a condition's words.
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!await holds()) await Task.Delay(100, deadline.Token);
    }
}
