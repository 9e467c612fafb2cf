using System.Net;
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
        (await Kip.KubectlAsync("get", "clusterdomainclaims")).Succeeded().Output.ShouldNotContain("mapped");
        (await client.GetAsync(new Uri($"http://www.mapped.test:{Kip.Gateway.Port}/"), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Kip.KipAsync("delete", "mapped")).Succeeded();
    }

    [Fact]
    public async Task Traffic_moves_gradually_and_a_header_chooses_a_tag_meanwhile()
    {
        (await Kip.KubectlAsync("-n", "knative-serving", "patch", "configmap", "config-features", "--type", "merge", "-p", """{"data":{"tag-header-based-routing":"enabled"}}"""))
            .Succeeded();
        foreach (var target in (string[])["first", "second"])
        {
            await ApplyAsync(ServiceYaml.Hello("slow", target).Replace("name: slow", "name: slow\n  annotations: {serving.knative.dev/rollout-duration: 4s}", StringComparison.Ordinal)
                + "\n  traffic: [{latestRevision: true, percent: 100, tag: next}]\n");
            if (target == "first") await ReadyAsync("ksvc/slow");
        }
        (await Kip.KubectlAsync("wait", "route/slow", "--for=jsonpath={.status.conditions[?(@.type==\"IngressReady\")].reason}=RolloutInProgress", "--timeout=60s")).Succeeded();
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
        await ApplyAsync(ServiceYaml.Hello("worker", "worker", "autoscaling.knative.dev/class: hpa.autoscaling.knative.dev", "autoscaling.knative.dev/min-scale: '2'",
            "autoscaling.knative.dev/target: '50'"));
        await ReadyAsync("ksvc/worker");
        (await Kip.KubectlAsync("get", "kpa", "worker-00001", "-o", "jsonpath={.status.actualScale}")).Succeeded().Output.Trim().ShouldBe("2");
        (await Kip.KipAsync("delete", "worker")).Succeeded();

        var warned = await Kip.KubectlAsync("-n", "knative-serving", "patch", "configmap", "config-gc", "--type", "merge", "-p", """{"data":{"min-revisions":"1"}}""");
        warned.Succeeded().Error.ShouldContain("Warning: config-gc: \"min-revisions\" has no effect: there is no such setting");
        var refused = await Kip.KubectlAsync("-n", "knative-serving", "patch", "configmap", "config-gc", "--type", "merge", "-p", """{"data":{"min-non-active-revisions":"few"}}""");
        refused.Error.ShouldContain("admission webhook \"config.webhook.serving.knative.dev\" denied the request: validation failed:");
    }

    private async Task ApplyAsync(string yaml) => (await Kip.KubectlWithInputAsync(yaml, "apply", "-f", "-")).Succeeded();

    private async Task ReadyAsync(params string[] what)
    {
        foreach (var one in what) (await Kip.KubectlAsync("wait", one, "--for=condition=Ready", "--timeout=90s")).Succeeded();
    }
}
