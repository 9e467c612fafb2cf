using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.Functional.Kubectl;

public sealed class KubectlGetTests(KubectlBed bed)
{
    [Theory, EveryKubectl]
    public async Task Every_output_form_shows_the_object(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("create configmap forms --from-literal=a=1 --from-literal=b=two");

        (await kubectl.DoAsync("get configmap forms")).ShouldContain("forms");
        (await kubectl.DoAsync("get configmap/forms -o wide --show-labels --show-kind")).ShouldContain("configmap/forms");
        (await kubectl.DoAsync("get cm forms -o name")).ShouldBe("configmap/forms\n");
        (await kubectl.DoAsync("get cm forms -o yaml")).ShouldContain("b: two");
        (await kubectl.DoAsync("get cm forms -o json --show-managed-fields")).ShouldContain("\"b\": \"two\"");
        (await kubectl.DoAsync("get cm forms -o jsonpath={.data.a}{.data.b}")).ShouldBe("1two");
        (await kubectl.DoAsync("get cm forms -o custom-columns=N:.metadata.name,B:.data.b --no-headers"))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ShouldBe(["forms", "two"]);
        (await kubectl.DoAsync("get cm forms -o go-template={{.data.b}}")).ShouldBe("two");
        (await kubectl.DoAsync("get cm forms --output-watch-events=false -L none")).ShouldContain("NONE");
        (await kubectl.DoAsync("get cm nobody --ignore-not-found")).ShouldBeEmpty();
        (await kubectl.RefusedAsync("get cm nobody")).ShouldContain("configmaps \"nobody\" not found");
        (await kubectl.RefusedAsync("get trees")).ShouldContain("the server doesn't have a resource type \"trees\"");
    }

    [Theory, EveryKubectl]
    public async Task Selectors_sorting_and_parts_choose_and_order(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var space = $"select-{kubectl.Namespace}";
        await kubectl.DoAsync($"create namespace {space}");
        foreach (var (name, tier) in ((string, string)[])[("c", "gold"), ("a", "gold"), ("b", "tin")])
        {
            await kubectl.DoAsync($"create cm {name} -n {space}");
            await kubectl.DoAsync($"label cm {name} -n {space} tier={tier}");
        }

        (await kubectl.DoAsync($"get cm -n {space} -l tier=gold -o name")).ShouldBe("configmap/a\nconfigmap/c\n");
        (await kubectl.DoAsync($"get cm -n {space} -l 'tier in (tin,iron),tier!=gold' -o name")).ShouldBe("configmap/b\n");
        (await kubectl.DoAsync($"get cm -n {space} -l '!tier' -o name")).ShouldNotContain("configmap/a");
        (await kubectl.DoAsync($"get cm -n {space} --field-selector metadata.name=b -o name")).ShouldBe("configmap/b\n");
        (await kubectl.DoAsync($"get cm -n {space} --field-selector metadata.name!=b -l tier -o name")).ShouldBe("configmap/a\nconfigmap/c\n");
        (await kubectl.DoAsync($"get cm -n {space} -l tier --sort-by=.metadata.creationTimestamp --chunk-size=1 --no-headers")).ShouldContain("a ");
        (await kubectl.DoAsync($"get cm -n {space} -l tier --chunk-size=1 -o name")).ShouldBe("configmap/a\nconfigmap/b\nconfigmap/c\n");
        (await kubectl.DoAsync($"get cm -A -l tier --field-selector metadata.namespace={space} --no-headers"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3);
        (await kubectl.DoAsync($"get cm,secrets,sa -n {space} -o name")).ShouldContain("serviceaccount/default");
        (await kubectl.RefusedAsync($"get cm -n {space} --field-selector data.a=1")).ShouldContain("field label not supported");
    }

    [Theory, EveryKubectl]
    public async Task Categories_stand_for_their_kinds(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var space = $"all-{kubectl.Namespace}";
        await kubectl.DoAsync($"create namespace {space}");
        await kubectl.DoAsync($"apply -n {space} -f -", Objects.Service("shown"));

        (await kubectl.DoAsync($"wait -n {space} ksvc/shown --for=condition=Ready --timeout=60s")).ShouldContain("condition met");
        (await kubectl.DoAsync($"get all -n {space}")).ShouldContain("service.serving.knative.dev/shown");
        (await kubectl.DoAsync($"get knative -n {space} -o name")).ShouldContain("route.serving.knative.dev/shown");
        (await kubectl.DoAsync($"get all -A -o name")).ShouldContain("service.serving.knative.dev/shown");
    }

    [Theory, EveryKubectl]
    public async Task Watches_print_what_happens(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("create cm watched --from-literal=a=1");
        using var watch = kubectl.Start("get cm watched -w --output-watch-events --no-headers");
        using var only = kubectl.Start("get cm -l watch=only --watch-only -o name");
        try
        {
            (await KubectlSession.LineAsync(watch)).ShouldNotBeNull().ShouldStartWith("ADDED      watched");
            await kubectl.DoAsync("annotate cm watched a=b");
            (await KubectlSession.LineAsync(watch)).ShouldNotBeNull().ShouldStartWith("MODIFIED   watched");
            await kubectl.DoAsync("delete cm watched");
            (await KubectlSession.LineAsync(watch)).ShouldNotBeNull().ShouldStartWith("DELETED    watched");
        }
        finally
        {
            watch.Kill();
            only.Kill();
        }
    }

    [Theory, EveryKubectl]
    public async Task Describe_tells_of_every_kind_that_is_served(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var kinds = (await kubectl.DoAsync("api-resources --namespaced=true --verbs=get,list -o name")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // Where no other test makes or removes anything: what goes between a list and a get is an error to kubectl.
        var said = await kubectl.TryAsync($"describe {string.Join(',', kinds)} -n knative-serving");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Output.ShouldContain("config-autoscaler");
        (await kubectl.DoAsync("describe namespace default")).ShouldContain("Active");
        (await kubectl.DoAsync("describe clusterrole view")).ShouldContain("Verbs");
    }

    [Theory, EveryKubectl]
    public async Task Events_are_listed_by_both_commands(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var pod = await bed.BoxAsync(version);

        (await kubectl.DoAsync($"describe pod {pod}")).ShouldContain("kip.local/box:1");
        (await kubectl.TryAsync($"events --for pod/{pod}")).ExitCode.ShouldBe(0);
        (await kubectl.TryAsync("get events --field-selector type=Warning --sort-by=.lastTimestamp")).ExitCode.ShouldBe(0);
        (await kubectl.TryAsync("events -A --types=Warning,Normal")).ExitCode.ShouldBe(0);
    }
}
