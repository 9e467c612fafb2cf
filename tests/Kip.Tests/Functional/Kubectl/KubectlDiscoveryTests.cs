using System.Text.Json.Nodes;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.Functional.Kubectl;

/// <summary>What kubectl finds out about the server, and what it does without one.</summary>
public sealed class KubectlDiscoveryTests(KubectlBed bed)
{
    [Theory, EveryKubectl]
    public async Task Api_resources_and_api_versions_list_what_is_served(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        (await kubectl.DoAsync("api-resources")).ShouldContain("kservice,ksvc");
        (await kubectl.DoAsync("api-resources -o wide --namespaced=false")).ShouldContain("namespaces");
        (await kubectl.DoAsync("api-resources --api-group=serving.knative.dev --verbs=list,watch -o name")).ShouldContain("revisions.serving.knative.dev\n");
        (await kubectl.DoAsync("api-resources --categories=knative -o name --sort-by=name")).ShouldContain("brokers.eventing.knative.dev\n");
        string[] versions = ["v1", "apps/v1", "serving.knative.dev/v1", "eventing.knative.dev/v1"];
        versions.ShouldBeSubsetOf((await kubectl.DoAsync("api-versions")).Split('\n'));
    }

    [Theory, EveryKubectl]
    public async Task Version_and_cluster_info_name_the_server(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        var said = JsonNode.Parse(await kubectl.DoAsync("version -o json"))!;
        said["serverVersion"]!["gitVersion"]!.GetValue<string>().ShouldStartWith("v1.3");
        (await kubectl.DoAsync("cluster-info")).ShouldContain((await bed.Kip).Api.ToString().TrimEnd('/'));
    }

    [Theory, EveryKubectl]
    public async Task Explain_goes_down_to_the_last_field(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        (await kubectl.DoAsync("explain ksvc.spec.template.spec.containers.readinessProbe.httpGet")).ShouldContain("path");
        (await kubectl.DoAsync("explain deployments --recursive")).ShouldContain("terminationGracePeriodSeconds");
        (await kubectl.DoAsync("explain pod.spec.containers.env --api-version=v1")).ShouldContain("valueFrom");
        (await kubectl.RefusedAsync("explain pod.spec.nothing")).ShouldContain("field \"nothing\" does not exist");
    }

    [Theory, EveryKubectl]
    public async Task Config_kustomize_and_completion_need_no_server(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        kubectl.File("offline/kustomization.yaml", "resources: [map.yaml]\nnamePrefix: my-\n");
        kubectl.File("offline/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n");

        (await kubectl.DoAsync("config view --minify -o jsonpath={..namespace}")).ShouldBe(kubectl.Namespace);
        (await kubectl.DoAsync("config current-context")).ShouldNotBeNullOrWhiteSpace();
        (await kubectl.DoAsync("config get-contexts -o name")).ShouldNotBeNullOrWhiteSpace();
        (await kubectl.DoAsync("kustomize offline")).ShouldContain("name: my-map");
        (await kubectl.DoAsync("completion bash")).ShouldContain("__start_kubectl");
        (await kubectl.DoAsync("__complete get namespaces with-")).ShouldContain(kubectl.Namespace);
    }

    [Theory, EveryKubectl]
    public async Task Proxy_passes_requests_on(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        using var proxy = kubectl.Start("proxy --port=0");
        try
        {
            var said = (await KubectlSession.LineAsync(proxy)).ShouldNotBeNull();
            using var http = new HttpClient();

            var listed = await http.GetStringAsync(
                $"http://{said.Split(' ')[^1]}/api/v1/namespaces/{kubectl.Namespace}", TestContext.Current.CancellationToken);

            listed.ShouldContain("\"phase\":\"Active\"");
        }
        finally
        {
            proxy.Kill();
        }
    }

    [Theory, EveryKubectl]
    public async Task Raw_requests_reach_every_document(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        string[] paths =
        [
            "/version", "/api", "/apis", "/api/v1", "/apis/serving.knative.dev", "/apis/serving.knative.dev/v1", "/openapi/v3", "/openapi/v3/api/v1",
        ];
        foreach (var path in paths)
            JsonNode.Parse(await kubectl.DoAsync($"get --raw {path}")).ShouldNotBeNull(path);
        (await kubectl.DoAsync("get --raw /readyz")).ShouldBe("ok");
        (await kubectl.RefusedAsync("get --raw /apis/nobody.example.com/v1")).ShouldContain("the server could not find the requested resource");
    }
}
