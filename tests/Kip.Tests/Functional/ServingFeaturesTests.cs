using System.Net;
using Kip.Client;
using Kip.Resources.Serving;
using Kip.Testing.Load;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>Domains, gradual rollout, tags by header and scaling by CPU, through a running platform as a user sees them.</summary>
[Collection(KipCollection.Name)]
public class ServingFeaturesTests(KipFixture fixture)
{
    private KipProgram Kip => fixture.Kip;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_domain_of_ones_own_leads_to_a_service_that_sleeps_and_the_application_sees_it()
    {
        await ApplyAsync(ServiceYaml.Hello("mapped", "mapped", "autoscaling.knative.dev/initial-scale: '0'"));
        await ReadyAsync("ksvc/mapped");
        (await Kip.KipAsync("domain", "www.mapped.test", "mapped")).Succeeded().Output.ShouldContain($"http://www.mapped.test:{Kip.Gateway.Port}");
        (await Kip.KipAsync("domain", "-o", "json")).Succeeded().Output.ShouldContain("\"www.mapped.test\"");
        using var client = LoopbackClient.To(Kip.Gateway);

        (await client.GetStringAsync(new Uri($"http://www.mapped.test:{Kip.Gateway.Port}/"), Cancel)).ShouldContain("Hello mapped");

        var listed = (await Kip.KubectlAsync("get", "domainmapping", "www.mapped.test")).Succeeded().Output;
        listed.ShouldContain($"http://www.mapped.test:{Kip.Gateway.Port}");
        (await Kip.KubectlAsync("delete", "domainmapping", "www.mapped.test")).Succeeded();
        // What it owned is removed after it.
        await UntilAsync(async () => !(await Kip.KubectlAsync("get", "clusterdomainclaims")).Succeeded().Output.Contains("mapped"));
        await UntilAsync(async () =>
        {
            using var answer = await client.GetAsync(new Uri($"http://www.mapped.test:{Kip.Gateway.Port}/"), Cancel);
            return answer.StatusCode == HttpStatusCode.NotFound;
        });
        (await Kip.KipAsync("delete", "mapped")).Succeeded();
    }

    [Fact]
    public async Task Traffic_moves_gradually_and_a_header_chooses_a_tag_meanwhile()
    {
        (await Kip.KubectlAsync(
            "-n", "knative-serving", "patch", "configmap", "config-features", "--type", "merge", "-p",
            """{"data":{"tag-header-based-routing":"enabled"}}"""))
            .Succeeded();
        await ApplyAsync(Slow("first"));
        await ReadyAsync("ksvc/slow");
        var before = await RouteVersionAsync("slow");
        await ApplyAsync(Slow("second"));
        // Watched from before, since it may be over before whoever waits for it has begun to look.
        await RouteBecomesAsync("slow", "RolloutInProgress", before);
        using var client = LoopbackClient.To(Kip.Gateway);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://slow.default.localhost:{Kip.Gateway.Port}/"));
        request.Headers.Add("Knative-Serving-Tag", "next");
        (await client.SendAsync(request, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await ReadyAsync("ksvc/slow");

        (await client.GetStringAsync(new Uri($"http://slow.default.localhost:{Kip.Gateway.Port}/"), Cancel)).ShouldContain("Hello second");
        (await Kip.KubectlAsync("get", "route", "slow", "-o", "jsonpath={.status.traffic[*].revisionName}")).Succeeded().Output.Trim().ShouldBe("slow-00002");
        (await Kip.KipAsync("delete", "slow")).Succeeded();
    }

    [Fact]
    public async Task A_service_may_scale_by_cpu_and_a_setting_without_effect_is_warned_of()
    {
        await ApplyAsync(ServiceYaml.Hello(
            "worker", "worker", "autoscaling.knative.dev/class: hpa.autoscaling.knative.dev", "autoscaling.knative.dev/min-scale: '2'",
            "autoscaling.knative.dev/target: '50'"));
        await ReadyAsync("ksvc/worker");
        (await Kip.KubectlAsync("wait", "kpa/worker-00001", "--for=jsonpath={.status.actualScale}=2", "--timeout=90s")).Succeeded();
        (await Kip.KipAsync("delete", "worker")).Succeeded();

        var warned = await Kip.KubectlAsync(
            "-n", "knative-serving", "patch", "configmap", "config-gc", "--type", "merge", "-p", """{"data":{"min-revisions":"1"}}""");
        warned.Succeeded().Error.ShouldContain("Warning: config-gc: \"min-revisions\" has no effect: there is no such setting");
        var refused = await Kip.KubectlAsync(
            "-n", "knative-serving", "patch", "configmap", "config-gc", "--type", "merge", "-p", """{"data":{"min-non-active-revisions":"few"}}""");
        refused.Error.ShouldContain("admission webhook \"config.webhook.serving.knative.dev\" denied the request: validation failed:");
    }

    private static string Slow(string target) =>
        ServiceYaml.Hello("slow", target)
            .Replace("name: slow", "name: slow\n  annotations: {serving.knative.dev/rollout-duration: 4s}", StringComparison.Ordinal)
        + "\n  traffic: [{latestRevision: true, percent: 100, tag: next}]\n";

    private async Task<string?> RouteVersionAsync(string name)
    {
        using var resources = Kip.Connect();
        return (await resources.GetAsync<Route>(new("default", name), Cancel))!.Metadata.ResourceVersion;
    }

    // Completes when a condition of the Route has given the reason, however shortly, since the version.
    private async Task RouteBecomesAsync(string name, string reason, string? since)
    {
        using var resources = Kip.Connect();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        var options = new ListOptions { Namespace = "default", FieldSelector = $"metadata.name={name}", ResourceVersion = since };
        await foreach (var change in resources.WatchAsync(Route.Definition, options, patience.Token))
            if (change.Object is Route route && route.Status.Conditions.Any(c => c.Reason == reason)) return;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 600 && !await holds(); i++) await Task.Delay(100, Cancel);
        (await holds()).ShouldBeTrue();
    }

    private async Task ApplyAsync(string yaml) => (await Kip.KubectlWithInputAsync(yaml, "apply", "-f", "-")).Succeeded();

    private async Task ReadyAsync(params string[] what)
    {
        foreach (var one in what) (await Kip.KubectlAsync("wait", one, "--for=condition=Ready", "--timeout=90s")).Succeeded();
    }
}
