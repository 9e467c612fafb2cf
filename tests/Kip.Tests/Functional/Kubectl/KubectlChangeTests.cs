using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.Functional.Kubectl;

/// <summary>edit, patch, replace, set, label, annotate, scale.</summary>
public sealed class KubectlChangeTests(KubectlBed bed)
{
    [Theory, EveryKubectl]
    public async Task Edit_stores_what_the_editor_leaves(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("apply -f -", Objects.Map("edited", "before"));
        var editor = new Dictionary<string, string> { ["KUBE_EDITOR"] = "sed -i s/before/changed/" };

        (await kubectl.TryAsync("edit cm edited", null, editor)).Output.ShouldContain("configmap/edited edited");
        (await kubectl.DoAsync("get cm edited -o jsonpath={.data.a}")).ShouldBe("changed");
        var nothing = new Dictionary<string, string> { ["KUBE_EDITOR"] = "true" };
        (await kubectl.TryAsync("edit cm edited", null, nothing)).Error.ShouldContain("cancelled, no changes made");
    }

    [Theory, EveryKubectl]
    public async Task Patches_of_every_type(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("apply -f -", Objects.Deployment("patched", 0));

        await kubectl.DoAsync(
            """patch deployment patched -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","env":[{"name":"A","value":"1"}]}]}}}}'""");
        await kubectl.DoAsync("""patch deployment patched --type=merge -p '{"spec":{"minReadySeconds":3}}'""");
        const string Operations = """[{"op":"add","path":"/metadata/labels","value":{"x":"y"}},{"op":"test","path":"/spec/replicas","value":0}]""";
        await kubectl.DoAsync($"patch deployment patched --type=json -p '{Operations}'");
        (await kubectl.DoAsync("""patch deployment patched -p '{"spec":{"minReadySeconds":3}}'""")).ShouldBe("deployment.apps/patched patched (no change)\n");
        (await kubectl.DoAsync("""patch deployment patched --subresource=status --type=merge -p '{"status":{"observedGeneration":1}}'"""))
            .ShouldContain("patched");

        (await kubectl.DoAsync("get deployment patched -o "
            + "jsonpath={.spec.template.spec.containers[0].env[0].value}{.spec.template.spec.containers[0].image}{.spec.minReadySeconds}{.metadata.labels.x}"))
            .ShouldBe($"1{KubectlBed.Box}3y");
        (await kubectl.RefusedAsync("""patch deployment patched --type=json -p '[{"op":"test","path":"/spec/replicas","value":9}]'""")).ShouldNotBeEmpty();
        (await kubectl.RefusedAsync("""patch ksvc nobody --type=merge -p '{}'""")).ShouldContain("not found");
    }

    [Theory, EveryKubectl]
    public async Task A_custom_kind_takes_merge_patches_and_says_so(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("apply -f -", Objects.Service("patched"));

        await kubectl.DoAsync("""patch ksvc patched --type=merge -p '{"spec":{"template":{"metadata":{"labels":{"a":"b"}}}}}'""");

        (await kubectl.DoAsync("get ksvc patched -o jsonpath={.spec.template.metadata.labels.a}")).ShouldBe("b");
        (await kubectl.RefusedAsync("""patch ksvc patched -p '{"spec":{}}'""")).ShouldContain("application/strategic-merge-patch+json");
        await kubectl.DoAsync("delete ksvc patched");
    }

    [Theory, EveryKubectl]
    public async Task Replace_puts_whole_objects(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("create -f -", Objects.Map("replaced"));
        var uid = await kubectl.DoAsync("get cm replaced -o jsonpath={.metadata.uid}");
        var stale = await kubectl.DoAsync("get cm replaced -o json");

        (await kubectl.DoAsync("replace -f -", Objects.Map("replaced", "2"))).ShouldBe("configmap/replaced replaced\n");
        (await kubectl.RefusedAsync("replace -f -", stale)).ShouldContain("the object has been modified");
        (await kubectl.DoAsync("get cm replaced -o jsonpath={.metadata.uid}")).ShouldBe(uid);
        await kubectl.DoAsync("replace --force -f -", Objects.Map("replaced", "3"));
        (await kubectl.DoAsync("get cm replaced -o jsonpath={.metadata.uid}")).ShouldNotBe(uid);
        (await kubectl.RefusedAsync("replace -f -", Objects.Map("nobody"))).ShouldContain("configmaps \"nobody\" not found");
    }

    [Theory, EveryKubectl]
    public async Task Set_changes_images_variables_and_resources(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("apply -f -", Objects.Deployment("set", 0));

        (await kubectl.DoAsync("set image deployment/set main=kip.local/helloworld")).ShouldContain("image updated");
        (await kubectl.DoAsync("set env deployment/set A=1 B=2")).ShouldContain("env updated");
        (await kubectl.DoAsync("set env deployment/set A-")).ShouldContain("env updated");
        (await kubectl.DoAsync("set env deployment/set --list")).ShouldContain("B=2");
        (await kubectl.DoAsync("set resources deployment/set --limits=cpu=1,memory=64Mi --requests=cpu=100m")).ShouldContain("resource requirements updated");
        (await kubectl.DoAsync("set serviceaccount deployment/set default")).ShouldContain("serviceaccount updated");
        await kubectl.DoAsync("expose deployment set --port=80 --target-port=8080");
        (await kubectl.DoAsync("set selector service/set app=set")).ShouldContain("selector updated");

        (await kubectl.DoAsync("get deployment set -o "
            + "jsonpath={.spec.template.spec.containers[0].image}:{.spec.template.spec.containers[0].resources.limits.memory}"))
            .ShouldBe("kip.local/helloworld:64Mi");
    }

    [Theory, EveryKubectl]
    public async Task Labels_and_annotations_come_change_and_go(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("create cm marked");

        (await kubectl.DoAsync("label cm marked a=1 b=2")).ShouldBe("configmap/marked labeled\n");
        (await kubectl.RefusedAsync("label cm marked a=3")).ShouldContain("'a' already has a value (1), and --overwrite is false");
        await kubectl.DoAsync("label cm marked a=3 b- --overwrite");
        (await kubectl.DoAsync("label cm marked --list")).ShouldBe("a=3\n");
        (await kubectl.DoAsync("annotate cm marked note='two words'")).ShouldStartWith("configmap/marked annotate");
        (await kubectl.DoAsync("annotate cm marked note- --resource-version=0")).ShouldStartWith("configmap/marked annotate");
        (await kubectl.RefusedAsync("label cm marked 'bad key=x'")).ShouldContain("invalid");
        (await kubectl.DoAsync("get cm marked -o jsonpath={.metadata.labels}{.metadata.annotations}")).ShouldBe("""{"a":"3"}""");
    }

    [Theory, EveryKubectl]
    public async Task Scale_changes_replicas_only_if_they_are_as_expected(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("apply -f -", Objects.Deployment("scaled", 0));

        (await kubectl.DoAsync("scale deployment/scaled --replicas=1")).ShouldBe("deployment.apps/scaled scaled\n");
        (await kubectl.DoAsync("get deployment scaled --subresource=scale -o jsonpath={.spec.replicas}")).ShouldBe("1");
        (await kubectl.RefusedAsync("scale deployment/scaled --current-replicas=5 --replicas=2")).ShouldContain("Expected replicas to be 5, was 1");
        (await kubectl.DoAsync("scale --current-replicas=1 --replicas=0 deployment/scaled")).ShouldContain("scaled");
        (await kubectl.RefusedAsync("autoscale deployment/scaled --min=1 --max=3")).ShouldContain("could not find the requested resource");
    }
}
