using System.Diagnostics;
using Kip.Testing.Chaos;
using Kip.Testing.Load;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>200 requests a second while revisions roll out, pods come and go, and a pod's process dies: not one may fail.</summary>
[Collection(KipCollection.Name)]
public class NoRequestIsLostTests(KipFixture fixture)
{
    private const int PerSecond = 200;

    private KipProgram Kip => fixture.Kip;

    [Fact]
    public async Task A_new_revision_rolls_out_under_load()
    {
        var url = await ApplyAsync("roll", "one", "autoscaling.knative.dev/min-scale: \"1\"");
        using var client = LoopbackClient.To(Kip.Gateway);
        var load = ConstantLoad.Start(client, url, PerSecond);
        foreach (var target in (string[])["two", "three", "four"])
        {
            await load.MoreAsync(PerSecond);
            await ApplyAsync("roll", target, "autoscaling.knative.dev/min-scale: \"1\"");
        }
        await load.MoreAsync(PerSecond);
        var result = await load.StopAsync();

        result.Failures.ShouldBeEmpty(result.ToString());
        result.Answers.Count.ShouldBe(4, "every revision answered some");
        await DeleteAsync("roll");
    }

    [Fact]
    public async Task A_service_scales_from_zero_to_ten_and_back_under_load()
    {
        var url = await ApplyAsync(
            "wide", "w", "autoscaling.knative.dev/initial-scale: \"0\"", "autoscaling.knative.dev/window: 6s",
            "autoscaling.knative.dev/target: \"10\"", "autoscaling.knative.dev/max-scale: \"10\"");
        using var client = LoopbackClient.To(Kip.Gateway);
        // Half a second each at 200/s is a hundred at a time: ten pods of ten.
        var load = ConstantLoad.Start(client, new Uri(url, "/?sleep=500"), PerSecond);
        await PodsBecomeAsync("wide", static ready => ready == 10);
        await load.MoreAsync(PerSecond);
        var result = await load.StopAsync();
        await PodsBecomeAsync("wide", static ready => ready == 0);

        result.Failures.ShouldBeEmpty(result.ToString());
        await DeleteAsync("wide");
    }

    [Fact]
    public async Task A_pods_process_is_killed_while_others_live()
    {
        var url = await ApplyAsync(
            "kill", "k", "autoscaling.knative.dev/min-scale: \"3\"", "autoscaling.knative.dev/initial-scale: \"3\"");
        using var client = LoopbackClient.To(Kip.Gateway);
        var load = ConstantLoad.Start(client, url, PerSecond);
        for (var round = 0; round < 5; round++)
        {
            await load.MoreAsync(PerSecond / 2);
            var processes = ChildProcesses.Of(Kip, "K_SERVICE=kill");
            processes.Count.ShouldBeGreaterThanOrEqualTo(2, "the others live");
            using var victim = Process.GetProcessById(processes[round % processes.Count]);
            victim.Kill();
            // Restarted, not still ready because nobody has noticed.
            var restarts = round + 1;
            await Kip.PodsAsync("kill", pods => pods.Count(KipApi.IsReady) >= 3
                && pods.Sum(static p => p.Status.ContainerStatuses.Sum(static c => c.RestartCount)) >= restarts);
        }
        await load.MoreAsync(PerSecond);
        var result = await load.StopAsync();

        result.Failures.ShouldBeEmpty(result.ToString());
        await DeleteAsync("kill");
    }

    [Fact]
    public async Task Everything_at_random_for_a_while()
    {
        var seed = Environment.TickCount;
        var told = new List<string>();
        var (load, actions) = await ChaosRun.RunAsync(Kip, TimeSpan.FromSeconds(8), seed, killsAll: false, told.Add);

        load.Failures.ShouldBeEmpty($"seed {seed}: {load}\n{string.Join('\n', told)}");
        actions.ShouldBeGreaterThan(0);
    }

    private async Task<Uri> ApplyAsync(string name, string target, params string[] annotations)
    {
        (await Kip.KubectlWithInputAsync(ServiceYaml.Hello(name, target, annotations), "apply", "-f", "-")).Succeeded();
        (await Kip.KubectlAsync("wait", $"ksvc/{name}", "--for=condition=Ready", "--timeout=60s")).Succeeded();
        return new Uri((await Kip.KubectlAsync("get", "ksvc", name, "-o", "jsonpath={.status.url}")).Succeeded().Output);
    }

    private async Task DeleteAsync(string name) => (await Kip.KubectlAsync("delete", "ksvc", name, "--wait")).Succeeded();

    private async Task PodsBecomeAsync(string service, Func<int, bool> wanted) => await Kip.ReadyPodsAsync(service, wanted);
}
