using Shouldly;

namespace Kip.Tests.Functional.Kubectl;

public sealed class KubectlRolloutTests(KubectlBed bed)
{
    [Theory, EveryKubectl]
    public async Task Status_waits_and_restart_replaces_the_pods(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("apply -f -", Objects.Deployment("rolled"));

        (await kubectl.DoAsync("rollout status deployment/rolled --timeout=120s")).ShouldContain("deployment \"rolled\" successfully rolled out");
        await kubectl.DoAsync("wait deployment/rolled --for=condition=Available --timeout=120s");
        var first = (await kubectl.DoAsync("get pods -l app=rolled -o name")).Trim();
        (await kubectl.DoAsync("rollout restart deployment/rolled")).ShouldContain("restarted");
        await kubectl.DoAsync("rollout status deployment/rolled --timeout=120s");
        await kubectl.DoAsync($"wait {first} --for=delete --timeout=120s");
        (await kubectl.DoAsync("get pods -l app=rolled --no-headers")).ShouldContain("Running");
        await kubectl.DoAsync("delete deployment rolled");
    }

    [Theory, EveryKubectl]
    public async Task History_undo_pause_and_resume(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("apply -f -", Objects.Deployment("undone"));
        await kubectl.DoAsync("rollout status deployment/undone --timeout=120s");
        await kubectl.DoAsync("annotate deployment/undone kubernetes.io/change-cause='the first'");

        await kubectl.DoAsync("set env deployment/undone A=1");
        await kubectl.DoAsync("rollout status deployment/undone --timeout=120s");
        (await kubectl.DoAsync("rollout history deployment/undone")).ShouldContain("the first");
        (await kubectl.DoAsync("rollout history deployment/undone --revision=2")).ShouldContain("A:");
        (await kubectl.DoAsync("rollout undo deployment/undone")).ShouldContain("rolled back");
        await kubectl.DoAsync("rollout status deployment/undone --timeout=120s");
        (await kubectl.DoAsync("get deployment undone -o jsonpath={.spec.template.spec.containers[0].env}")).ShouldBeEmpty();
        (await kubectl.DoAsync("rollout pause deployment/undone")).ShouldContain("paused");
        (await kubectl.RefusedAsync("rollout restart deployment/undone")).ShouldContain("paused");
        (await kubectl.DoAsync("rollout resume deployment/undone")).ShouldContain("resumed");
        (await kubectl.DoAsync("get rs -l app=undone -o name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        await kubectl.DoAsync("delete deployment undone");
    }
}
