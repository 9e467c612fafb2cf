using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Containers;
using Shouldly;

namespace Kip.Tests.Runtime.Containers;

/// <summary>The life of containers under runc, in crun's place.</summary>
public sealed class RuncTests : ContainerTests
{
    [Fact]
    public async Task Everything_that_crun_does_runc_does_as_well()
    {
        await using var kip = await StartAsync(static o => o with { Runtime = "runc" });

        var runs = await Task.WhenAll(
            RunAsync(kip, PodOf("rights", "grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status; ls /proc | grep -c '^[0-9]*$'; exit 7")),
            RunAsync(
                kip,
                PodOf("hungry", "tail /dev/zero", static c => c with { Resources = new ResourceRequirements { Limits = StringMap.Of(("memory", "16Mi")) } })),
            RunAsync(kip, PodOf("none", "true", static c => c with { Command = ["/no/such"] })),
            RunAsync(kip, PodOf(
                "probed",
                "until [ -s /tmp/asked ]; do sleep 0.05; done; read a < /tmp/asked; while kill -0 $a 2>/dev/null; do sleep 0.05; done; echo ended",
                static c => c with
            {
                LivenessProbe = new Probe
                {
                    Exec = new ExecAction { Command = ["sh", "-c", "echo $$ >> /tmp/asked; exec sleep 9999"] }, TimeoutSeconds = 2, PeriodSeconds = 1,
                    FailureThreshold = 1000,
                },
            })));

        App(runs[0].Pod).State!.Terminated!.ExitCode.ShouldBe(7);
        App(runs[0].Pod).ContainerID!.ShouldStartWith("runc://");
        runs[0].Log.ShouldStartWith("CapEff:\t00000000000405fb\nNoNewPrivs:\t1\nSeccomp:\t2\n");
        App(runs[1].Pod).State!.Terminated!.Reason.ShouldBe("OOMKilled");
        (App(runs[2].Pod).State!.Terminated!.Reason, App(runs[2].Pod).State!.Terminated!.ExitCode).ShouldBe(("StartError", 128));
        App(runs[2].Pod).State!.Terminated!.Message!.ShouldContain("/no/such");
        runs[3].Log.ShouldBe("ended\n");
    }

    [Fact]
    public async Task A_container_under_runc_is_asked_to_end_and_leaves_nothing()
    {
        await using var kip = await StartAsync(static o => o with { Runtime = "runc" });
        await kip.CreateAsync(PodOf("polite", "trap 'echo bye; exit 0' TERM; echo up; while true; do sleep 0.05; done"));
        await kip.WaitForAsync<Pod>("polite", IsRunning);
        (await kip.LogAsync("polite", new() { Follow = true, LimitBytes = 3 })).ShouldBe("up\n");
        var ended = kip.WaitForAsync<Pod>("polite", static p => App(p).State?.Terminated is not null);

        await kip.Resources.DeleteAsync(Pod.Definition, new("default", "polite"), new(), CancellationToken.None);

        App(await ended).State!.Terminated!.ExitCode.ShouldBe(0);
        await kip.WaitUntilGoneAsync<Pod>("polite");
        await kip.StopAsync();
        Traces(kip).ShouldBeEmpty();
    }

    [Fact]
    public void A_runtime_that_is_not_there_is_named() =>
        ContainerSupport.Missing("youki").ShouldBe("youki is not installed (Debian: apt install youki)");
}
