using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.Functional.Kubectl;

/// <summary>delete in all its forms, and wait.</summary>
public sealed class KubectlDeleteTests(KubectlBed bed)
{
    [Theory, EveryKubectl]
    public async Task By_name_file_label_and_all(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var space = $"gone-{kubectl.Namespace}";
        await kubectl.DoAsync($"create namespace {space}");
        foreach (var name in (string[])["a", "b", "c", "d", "e"]) await kubectl.DoAsync($"create cm {name} -n {space}");
        await kubectl.DoAsync($"label cm b c -n {space} go=yes");

        (await kubectl.DoAsync($"delete cm a -n {space} --dry-run=server")).ShouldContain("deleted (server dry run)");
        (await kubectl.DoAsync($"delete cm a -n {space}")).ShouldContain("configmap \"a\" deleted");
        (await kubectl.DoAsync($"delete cm -l go=yes -n {space} -o name")).ShouldBe("configmap/b\nconfigmap/c\n");
        (await kubectl.DoAsync($"delete cm d nobody -n {space} --ignore-not-found --wait=false")).ShouldContain("\"d\" deleted");
        (await kubectl.DoAsync($"delete cm --all -n {space}")).ShouldContain("\"e\" deleted");
        (await kubectl.RefusedAsync($"delete cm a -n {space}")).ShouldContain("configmaps \"a\" not found");
        (await kubectl.DoAsync($"delete namespace {space}")).ShouldContain("deleted");
        (await kubectl.RefusedAsync($"get namespace {space}")).ShouldContain("not found");
        (await kubectl.RefusedAsync("delete namespace default")).ShouldContain("this namespace may not be deleted");
    }

    [Theory]
    [InlineData("background")]
    [InlineData("foreground")]
    [InlineData("orphan")]
    public async Task Dependents_go_with_their_owner_before_it_or_stay(string cascade)
    {
        foreach (var program in KubectlProgram.Range)
        {
            var kubectl = await bed.SessionAsync(program.Label);
            var (owner, child) = ($"owner-{cascade}", $"child-{cascade}");
            await kubectl.DoAsync($"create cm {owner}");
            var uid = await kubectl.DoAsync($"get cm {owner} -o jsonpath={{.metadata.uid}}");
            await kubectl.DoAsync("create -f -", Objects.Map(child, "1",
                $", ownerReferences: [{{apiVersion: v1, kind: ConfigMap, name: {owner}, uid: {uid}, blockOwnerDeletion: true}}]"));

            await kubectl.DoAsync($"delete cm {owner} --cascade={cascade}");

            if (cascade == "orphan")
            {
                (await kubectl.DoAsync($"get cm {child} -o jsonpath={{.metadata.ownerReferences}}")).ShouldBeEmpty();
                await kubectl.DoAsync($"delete cm {child}");
            }
            else if (cascade == "foreground") (await kubectl.RefusedAsync($"get cm {child}")).ShouldContain("not found");
            else await kubectl.DoAsync($"wait cm/{child} --for=delete --timeout=60s");
        }
    }

    [Theory, EveryKubectl]
    public async Task Finalizers_hold_and_wait_sees_them_let_go(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("create -f -", Objects.Map("held", "1", ", finalizers: [example.com/hold]"));

        await kubectl.DoAsync("delete cm held --wait=false");
        (await kubectl.DoAsync("get cm held -o jsonpath={.metadata.deletionTimestamp}")).ShouldNotBeEmpty();
        (await kubectl.RefusedAsync("wait cm/held --for=delete --timeout=1s")).ShouldContain("timed out waiting for the condition");
        using var waiting = kubectl.Start("wait cm/held --for=delete --timeout=60s");
        await kubectl.DoAsync("""patch cm held --type=merge -p '{"metadata":{"finalizers":null}}'""");
        (await KubectlSession.ExitAsync(waiting)).ShouldBe(0);
    }

    [Theory, EveryKubectl]
    public async Task Wait_for_conditions_and_values(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("apply -f -", Objects.Service("awaited"));

        (await kubectl.DoAsync("wait ksvc/awaited --for=condition=Ready=True --timeout=60s")).ShouldContain("condition met");
        (await kubectl.DoAsync("wait ksvc awaited --for=jsonpath={.status.latestReadyRevisionName}=awaited-00001 --timeout=60s"))
            .ShouldContain("condition met");
        (await kubectl.DoAsync("wait revisions -l serving.knative.dev/service=awaited --for=condition=Ready --timeout=60s")).ShouldContain("condition met");
        (await kubectl.RefusedAsync("wait ksvc/awaited --for=condition=Never --timeout=1s")).ShouldContain("timed out");
        (await kubectl.RefusedAsync("wait ksvc/nobody --for=condition=Ready --timeout=1s")).ShouldContain("not found");
        (await kubectl.DoAsync("delete ksvc awaited --cascade=foreground")).ShouldContain("deleted");
    }

    [Theory, EveryKubectl]
    public async Task Wait_for_an_object_to_appear(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        Assert.SkipUnless(kubectl.Program.IsAtLeast(31), "kubectl wait --for=create begins with 1.31");
        using var waiting = kubectl.Start("wait cm/appears --for=create --timeout=60s");

        await kubectl.DoAsync("create cm appears");

        (await KubectlSession.ExitAsync(waiting)).ShouldBe(0);
    }

    [Theory, EveryKubectl]
    public async Task A_pod_goes_within_its_grace_period_or_at_once(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync($"run brief --image={KubectlBed.Box} --command -- sleep 1000");
        await kubectl.DoAsync("wait pod/brief --for=condition=Ready --timeout=120s");

        await kubectl.DoAsync("delete pod brief --grace-period=1");
        await kubectl.DoAsync($"run brief --image={KubectlBed.Box} --command -- sleep 1000");
        (await kubectl.TryAsync("delete pod brief --grace-period=0 --force")).Output.ShouldContain("force deleted");

        (await kubectl.RefusedAsync("get pod brief")).ShouldContain("not found");
    }
}
