using System.Diagnostics;
using Kip.ApiServer.Registry;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Recovery;
using Kip.Testing.Runtime;
using Shouldly;

namespace Kip.Tests.Runtime.Recovery;

/// <summary>The platform stops or is killed, and starts again with the same folder.</summary>
public class PlatformRestartTests
{
    private static bool IsReady(Pod pod) => pod.Status.Conditions.Any(static c => c.Type == "Ready" && c.Status == "True");

    [Fact]
    public async Task After_a_stop_nothing_runs_and_after_the_next_start_the_same_pod_runs_again()
    {
        var (options, registry) = (RuntimeHarness.NewOptions(), ResourceRegistry.InMemory(TimeProvider.System));
        var first = await RuntimeHarness.StartAsync(options, registry);
        var image = await first.ShellBundleAsync("echo run; exec sleep 1000");
        await first.CreateAsync(RuntimeHarness.PodOf("web", image));
        var before = await first.WaitForAsync<Pod>("web", IsReady);
        var pid = int.Parse(before.Status.ContainerStatuses[0].ContainerID!["process://".Length..]);
        // Ready says that it runs, not that it has written yet.
        (await first.LogAsync("web", new PodLogOptions { Follow = true, LimitBytes = 4 })).ShouldBe("run\n");

        await first.StopAsync();

        ProcessTable.Read(pid).ShouldBeNull();
        IsReady((Pod)registry.Get(Pod.Definition, before.Key)!).ShouldBeFalse();

        await using var second = await RuntimeHarness.StartAsync(options, registry);
        var after = await second.WaitForAsync<Pod>("web", IsReady);
        after.Metadata.Uid.ShouldBe(before.Metadata.Uid);
        after.Status.ContainerStatuses[0].RestartCount.ShouldBe(1);
        (await second.LogAsync("web", new PodLogOptions { Previous = true })).ShouldBe("run\n");
        await registry.DisposeAsync();
    }

    [Fact]
    public async Task What_a_killed_platform_left_running_is_ended_before_pods_run_again()
    {
        var options = RuntimeHarness.NewOptions();
        var pids = await StartAndKillAsync(options.DataDirectory);
        pids.Count.ShouldBe(4);
        pids.ShouldAllBe(static pid => ProcessTable.Read(pid) != null);

        await using var kip = await RuntimeHarness.StartAsync(options);

        pids.ShouldAllBe(static pid => ProcessTable.Read(pid) == null);
        kip.Logs.Lines.ShouldContain(static l => l.Contains("that an earlier run of the platform had left"));
        // The pod of that life is not in this store: its folder has gone too.
        Directory.EnumerateDirectories(Path.Combine(options.DataDirectory, "pods")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_pod_that_a_killed_platform_left_ready_is_not_ready_when_the_next_begins()
    {
        var (options, registry) = (RuntimeHarness.NewOptions(), ResourceRegistry.InMemory(TimeProvider.System));
        var resources = new EmbeddedResources(registry);
        var pod = (Pod)await resources.CreateAsync(
            RuntimeHarness.PodOf("stale", "nginx", null, s => s with { NodeName = options.NodeName }), CancellationToken.None);
        await resources.UpdateStatusAsync(pod with
        {
            Status = new PodStatus { Phase = "Running", Conditions = [new Condition { Type = "Ready", Status = "True" }] },
        }, CancellationToken.None);

        await using var kip = await RuntimeHarness.StartAsync(options, registry);

        // When the start has ended it has been written, whatever else becomes of the pod.
        IsReady((Pod)registry.Get(Pod.Definition, pod.Key)!).ShouldBeFalse();
        await registry.DisposeAsync();
    }

    /// <summary>Runs this program as a platform with one pod, kills it, and gives the processes of the pod.</summary>
    private static async Task<IReadOnlyList<int>> StartAndKillAsync(string folder)
    {
        var start = new ProcessStartInfo(System.Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(System.Environment.ProcessPath!) == "dotnet")
            start.ArgumentList.Add(typeof(PlatformRestartTests).Assembly.Location);
        start.Environment[KilledPlatform.Variable] = folder;
        using var patience = new CancellationTokenSource(RuntimeHarness.SafetyNet);
        using var process = Process.Start(start)!;
        await using var end = patience.Token.Register(process.Kill);
        var line = await process.StandardOutput.ReadLineAsync(patience.Token);
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        return [.. (line ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
    }
}
