using Kip.ApiServer.Security.Reviews;
using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Testing.Kubectl;
using Shouldly;
using KnativeService = Kip.Resources.Serving.Service;

namespace Kip.Tests.ApiServer.Http;

/// <summary>The kubectl on the machine against the API server alone: no controllers run, so a test plays their part where it must.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private static readonly NamespacedName Hello = new("default", "hello");

    private readonly WrittenLogs _podLogs = new();
    private ApiServerFixture _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await ApiServerFixture.StartAsync(podLogs: _podLogs);

    public async ValueTask DisposeAsync()
    {
        // Whatever a test did: nothing it did was the server's fault.
        _api.Logs.Lines.ShouldBeEmpty();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Apply_makes_a_service_and_changes_it()
    {
        (await ApplyAsync(Manifests.Service)).ShouldBe("service.serving.knative.dev/hello created\n");
        (await ApplyAsync(Manifests.Service.Replace("World", "You"))).ShouldBe("service.serving.knative.dev/hello configured\n");

        var service = (KnativeService)_api.Registry.Get(KnativeService.Definition, Hello)!;
        service.Spec.Template.Spec.Containers.Single().Env.Single().Value.ShouldBe("You");
        service.Metadata.Generation.ShouldBe(2);
    }

    [Fact]
    public async Task Applying_the_same_again_changes_nothing()
    {
        await ApplyAsync(Manifests.Service);
        await ApplyAsync(Manifests.Deployment);

        // A custom resource's lists are replaced, so kubectl sends a patch for the fields that were defaulted; the server sees that nothing changes.
        await ApplyAsync(Manifests.Service);
        _api.Registry.Get(KnativeService.Definition, Hello)!.Metadata.Generation.ShouldBe(1);
        (await ApplyAsync(Manifests.Deployment)).ShouldBe("deployment.apps/web unchanged\n");
    }

    [Fact]
    public async Task Apply_merges_a_deployments_lists_by_their_keys()
    {
        await ApplyAsync(Manifests.Deployment);
        // Another manager adds a container and a variable of its own, which an apply must leave alone.
        await _api.Registry.ModifyAsync(Deployment.Definition, new("default", "web"), null, static resource =>
        {
            var deployment = (Deployment)resource;
            var pod = deployment.Spec.Template.Spec;
            var first = pod.Containers[0] with { Env = [.. pod.Containers[0].Env, new EnvVar { Name = "OTHER", Value = "x" }] };
            var spec = pod with { Containers = [first, pod.Containers[1], new Container { Name = "injected", Image = "example/injected" }] };
            return deployment with { Spec = deployment.Spec with { Template = deployment.Spec.Template with { Spec = spec } } };
        }, new("test"), Cancel);

        await ApplyAsync(Manifests.Deployment.Replace("\"2\"", "\"3\""));

        var containers = ((Deployment)_api.Registry.Get(Deployment.Definition, new("default", "web"))!).Spec.Template.Spec.Containers;
        containers.Select(static c => c.Name).ShouldBe(["main", "side", "injected"], ignoreOrder: true);
        containers.Single(static c => c.Name == "main").Env.Select(static e => $"{e.Name}={e.Value}").ShouldBe(["A=1", "B=3", "OTHER=x"], ignoreOrder: true);
    }

    [Fact]
    public async Task Apply_refuses_an_unknown_field_and_names_it()
    {
        var refused = await _api.Kubectl.TryAsync(Manifests.Deployment.Replace("replicas", "replica"), "apply", "-f", "-");

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain("unknown field");
        refused.Error.ShouldContain("replica");
        _api.Registry.Get(Deployment.Definition, new("default", "web")).ShouldBeNull();
    }

    [Fact]
    public async Task Diff_shows_what_an_apply_would_change_and_changes_nothing()
    {
        await ApplyAsync(Manifests.Service);

        var diff = await _api.Kubectl.TryAsync(Manifests.Service.Replace("World", "You"), "diff", "-f", "-");

        diff.ExitCode.ShouldBe(1, diff.ToString());
        diff.Output.ShouldContain("-          value: World");
        diff.Output.ShouldContain("+          value: You");
        _api.Registry.Get(KnativeService.Definition, Hello)!.Metadata.Generation.ShouldBe(1);
        (await _api.Kubectl.TryAsync(Manifests.Service, "diff", "-f", "-")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Edit_stores_what_the_editor_leaves()
    {
        await ApplyAsync(Manifests.Service);
        var editor = Path.Combine(_api.Folder, "editor");
        await File.WriteAllTextAsync(editor, "sed -i s/World/Editor/ \"$1\"\n", Cancel);
        _api.Kubectl.Variables["EDITOR"] = $"sh {editor}";

        (await _api.Kubectl.RunAsync("edit", "ksvc", "hello")).ShouldContain("hello edited");

        ((KnativeService)_api.Registry.Get(KnativeService.Definition, Hello)!).Spec.Template.Spec.Containers.Single().Env.Single().Value.ShouldBe("Editor");
    }

    [Fact]
    public async Task Get_shows_each_kinds_own_columns()
    {
        await ApplyAsync(Manifests.Service);
        await ApplyAsync(Manifests.Deployment);
        await BecomeReadyAsync();

        Words(await _api.Kubectl.RunAsync("get", "ksvc")).ShouldBe(
            [
                ["NAME", "URL", "LATESTCREATED", "LATESTREADY", "READY", "REASON"],
                ["hello", "http://hello.default.localhost", "hello-00001", "hello-00001", "True"],
            ]);
        Words(await _api.Kubectl.RunAsync("get", "deploy"))[0].ShouldBe(["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]);
        Words(await _api.Kubectl.RunAsync("get", "deploy", "-o", "wide"))[1][^3..].ShouldBe(["main,side", "example/main,example/side", "app=web"]);
        Words(await _api.Kubectl.RunAsync("get", "namespaces", "--sort-by=.metadata.name", "--no-headers"))[0][..2].ShouldBe(["default", "Active"]);
        (await _api.Kubectl.RunAsync("get", "all")).ShouldContain("service.serving.knative.dev/hello");
        (await _api.Kubectl.RunAsync("get", "knative", "-o", "name")).ShouldBe("service.serving.knative.dev/hello\n");
        (await _api.Kubectl.RunAsync("get", "ksvc", "hello", "-o", "jsonpath={.status.url}")).ShouldBe("http://hello.default.localhost");
        (await _api.Kubectl.RunAsync("get", "ksvc,deploy", "-l", "app=web", "-o", "name")).ShouldBe("deployment.apps/web\n");
        (await _api.Kubectl.TryAsync(null, "get", "ksvc", "nobody")).Error.ShouldContain("services.serving.knative.dev \"nobody\" not found");
    }

    [Fact]
    public async Task Get_watch_prints_a_row_for_each_change()
    {
        await ApplyAsync(Manifests.Service);
        using var watch = _api.Kubectl.Start("get", "ksvc", "-w", "--no-headers");
        try
        {
            (await watch.StandardOutput.ReadLineAsync(Cancel)).ShouldNotBeNull().ShouldStartWith("hello");

            await BecomeReadyAsync();

            (await watch.StandardOutput.ReadLineAsync(Cancel)).ShouldNotBeNull().ShouldContain("True");
        }
        finally
        {
            watch.Kill();
        }
    }

    [Fact]
    public async Task Wait_returns_when_the_condition_is_true()
    {
        await ApplyAsync(Manifests.Service);
        var waiting = _api.Kubectl.RunAsync("wait", "ksvc/hello", "--for=condition=Ready", "--timeout=60s");

        await BecomeReadyAsync();

        (await waiting).ShouldContain("service.serving.knative.dev/hello condition met");
    }

    [Fact]
    public async Task Delete_waits_until_finalizers_are_through()
    {
        await ApplyAsync(Manifests.Service.Replace("name: hello", "name: hello\n  finalizers: [example.com/hold]"));
        var deleting = _api.Kubectl.RunAsync("delete", "ksvc", "hello", "--wait");
        await foreach (var change in _api.Registry.Watch(KnativeService.Definition, ListOptions.All, false, Cancel))
            if (change.Object.Metadata.DeletionTimestamp is not null) break;
        deleting.IsCompleted.ShouldBeFalse();

        await _api.Registry.ModifyAsync(
            KnativeService.Definition, Hello, null, static r => r with { Metadata = r.Metadata with { Finalizers = [] } }, new("test"), Cancel);

        (await deleting).ShouldContain("deleted");
        _api.Registry.Get(KnativeService.Definition, Hello).ShouldBeNull();
    }

    [Fact]
    public async Task Scale_and_patch_set_replicas()
    {
        await ApplyAsync(Manifests.Deployment);

        await _api.Kubectl.RunAsync("scale", "deployment/web", "--replicas=5");
        Replicas().ShouldBe(5);
        await _api.Kubectl.RunAsync("patch", "deployment", "web", "--type=merge", "-p", """{"spec":{"replicas":4}}""");
        Replicas().ShouldBe(4);
        await _api.Kubectl.RunAsync("patch", "deployment", "web", "--type=json", "-p", """[{"op":"replace","path":"/spec/replicas","value":3}]""");
        Replicas().ShouldBe(3);
        await _api.Kubectl.RunAsync("patch", "deployment", "web", "-p", """{"spec":{"replicas":2}}""");
        Replicas().ShouldBe(2);
        (await _api.Kubectl.TryAsync(null, "scale", "deployment/web", "--current-replicas=9", "--replicas=1")).ExitCode.ShouldBe(1);
        Replicas().ShouldBe(2);

        int? Replicas() => ((Deployment)_api.Registry.Get(Deployment.Definition, new("default", "web"))!).Spec.Replicas;
    }

    [Fact]
    public async Task Logs_come_from_the_pods_containers()
    {
        var pod = new Pod
        {
            Metadata = new() { Name = "p", Namespace = "default" },
            Spec = new() { Containers = [new() { Name = "user-container", Image = "i" }, new() { Name = "side", Image = "i" }] },
        };
        await _api.Registry.CreateAsync(pod, new("test"), Cancel);

        (await _api.Kubectl.RunAsync("logs", "p", "-c", "side", "--tail=3", "--timestamps")).ShouldBe("side says hello\n");
        _podLogs.Asked.ShouldBe(new PodLogOptions { Container = "side", TailLines = 3, Timestamps = true });
        (await _api.Kubectl.TryAsync(null, "logs", "p", "-c", "nobody")).Error.ShouldContain("container nobody is not valid for pod p");
        (await _api.Kubectl.TryAsync(null, "logs", "q")).Error.ShouldContain("pods \"q\" not found");

        using var follow = _api.Kubectl.Start("logs", "p", "-c", "side", "-f");
        (await follow.StandardOutput.ReadLineAsync(Cancel)).ShouldBe("side says hello");
        follow.HasExited.ShouldBeFalse();
        _podLogs.End();
        await follow.WaitForExitAsync(Cancel);
        follow.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task The_request_log_of_a_revisions_pod_is_asked_for_as_its_queue_proxy()
    {
        foreach (var (name, label) in ((string, string)[])[("serves", "serving.knative.dev/revision"), ("plain", "app")])
            await _api.Registry.CreateAsync(
                new Pod
                {
                    Metadata = new() { Name = name, Namespace = "default", Labels = StringMap.Of((label, "x")) },
                    Spec = new() { Containers = [new() { Name = "user-container", Image = "i" }] },
                }, new("test"), Cancel);

        (await _api.Kubectl.RunAsync("get", "--raw", "/api/v1/namespaces/default/pods/serves/log?container=queue-proxy&tailLines=1"))
            .ShouldBe("queue-proxy says hello\n");
        (await _api.Kubectl.TryAsync(null, "get", "--raw", "/api/v1/namespaces/default/pods/plain/log?container=queue-proxy"))
            .Error.ShouldContain("container queue-proxy is not valid for pod plain");
        (await _api.Kubectl.RunAsync("logs", "serves")).ShouldBe("user-container says hello\n");
    }

    [Fact]
    public async Task Describe_shows_an_object_and_its_events()
    {
        await ApplyAsync(Manifests.Service);
        await _api.Registry.CreateAsync(
            new Event
            {
                Metadata = new() { Name = "hello.1", Namespace = "default" },
                InvolvedObject = new()
                {
                    Kind = "Service", Namespace = "default", Name = "hello", Uid = _api.Registry.Get(KnativeService.Definition, Hello)!.Metadata.Uid,
                    ApiVersion = "serving.knative.dev/v1",
                },
                Type = "Normal", Reason = "Created", Message = "Created Configuration \"hello\"", Count = 1, FirstTimestamp = DateTimeOffset.UtcNow,
                LastTimestamp = DateTimeOffset.UtcNow,
            },
            new("test"), Cancel);

        var described = await _api.Kubectl.RunAsync("describe", "ksvc", "hello");

        described.ShouldContain("kip.local/hello");
        described.ShouldContain("Created Configuration \"hello\"");
        Words(await _api.Kubectl.RunAsync("get", "events"))[1][1..].ShouldBe(["Normal", "Created", "service/hello", "Created", "Configuration", "\"hello\""]);
    }

    [Fact]
    public async Task Api_resources_lists_what_discovery_says()
    {
        var rows = Words(await _api.Kubectl.RunAsync("api-resources", "--no-headers"));

        rows.ShouldContain(static row => row.SequenceEqual(new[] { "services", "kservice,ksvc", "serving.knative.dev/v1", "true", "Service" }));
        rows.ShouldContain(static row => row.SequenceEqual(new[] { "deployments", "deploy", "apps/v1", "true", "Deployment" }));
        rows.Select(static row => row[^1]).ShouldBeSubsetOf(
            [.. Kinds.All.Select(static k => k.Kind), .. Review.All.Select(static r => r.Kind)]);
        // A version in another group is a resource of its own to clients.
        rows.Count.ShouldBe(Kinds.All.Count + Kinds.OtherVersions.Count(static v => v.Group != v.Stored.Group) + Review.All.Count);
        (await _api.Kubectl.RunAsync("api-versions")).ShouldContain("serving.knative.dev/v1\n");
    }

    [Fact]
    public async Task Explain_describes_fields()
    {
        var service = string.Join(
            ' ', (await _api.Kubectl.RunAsync("explain", "ksvc.spec.template.spec")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        service.ShouldContain("containerConcurrency");
        service.ShouldContain("0, the default, means no limit");
        (await _api.Kubectl.RunAsync("explain", "pods.spec.containers.readinessProbe")).ShouldContain("httpGet");
        (await _api.Kubectl.RunAsync("explain", "deployment", "--recursive")).ShouldContain("terminationGracePeriodSeconds");
    }

    [Fact]
    public async Task Create_label_annotate_and_replace_work_on_core_kinds()
    {
        await _api.Kubectl.RunAsync("create", "namespace", "shop");
        await _api.Kubectl.RunAsync("create", "configmap", "settings", "-n", "shop", "--from-literal=a=1");
        await _api.Kubectl.RunAsync("create", "secret", "generic", "keys", "-n", "shop", "--from-literal=password=hush");
        await _api.Kubectl.RunAsync("create", "serviceaccount", "runner", "-n", "shop");
        await _api.Kubectl.RunAsync("label", "configmap", "settings", "-n", "shop", "tier=gold");
        await _api.Kubectl.RunAsync("annotate", "configmap", "settings", "-n", "shop", "note=hi");

        var map = (ConfigMap)_api.Registry.Get(ConfigMap.Definition, new("shop", "settings"))!;
        (map.Data["a"], map.Metadata.Labels["tier"], map.Metadata.Annotations["note"]).ShouldBe(("1", "gold", "hi"));
        ((Secret)_api.Registry.Get(Secret.Definition, new("shop", "keys"))!).Data["password"].ShouldBe("aHVzaA==");
        (await _api.Kubectl.RunAsync("auth", "can-i", "delete", "pods")).Trim().ShouldBe("yes");
        (await _api.Kubectl.TryAsync(null, "create", "namespace", "shop")).Error.ShouldContain("namespaces \"shop\" already exists");
        await _api.Kubectl.RunAsync("delete", "configmaps", "--all", "-n", "shop");
        _api.Registry.Get(ConfigMap.Definition, new("shop", "settings")).ShouldBeNull();
    }

    private Task<string> ApplyAsync(string manifest) => _api.Kubectl.RunWithAsync(manifest, "apply", "-f", "-");

    /// <summary>What the controllers would do.</summary>
    private Task<Resource> BecomeReadyAsync() => _api.Registry.ModifyAsync(
        KnativeService.Definition, Hello, "status",
        static resource => (KnativeService)resource with
        {
            Status = new()
            {
                ObservedGeneration = resource.Metadata.Generation,
                Conditions = [new() { Type = "Ready", Status = "True" }],
                Url = "http://hello.default.localhost",
                LatestCreatedRevisionName = "hello-00001",
                LatestReadyRevisionName = "hello-00001",
            },
        },
        new("test"), Cancel);

    private static List<string[]> Words(string table) =>
        [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
