using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Runtime;
using Shouldly;

namespace Kip.Tests.Runtime.Containers;

/// <summary>Containers that end and are started again: what is kept for them, what their status says, and their logs.</summary>
public sealed class ContainerRestartTests : ContainerTests
{
    private static Pod Restarting(string name, string command, Func<Container, Container>? change = null) => PodOf(
        name, command, c => (change ?? (static c => c))(c with { VolumeMounts = [new VolumeMount { Name = "data", MountPath = "/data" }] }),
        static s => s with { RestartPolicy = "OnFailure", Volumes = [new Volume { Name = "data", EmptyDir = new RawJson("{}") }] });

    [Fact]
    public async Task A_crash_is_followed_by_a_wait_and_a_fresh_root_over_the_same_volumes()
    {
        // Long enough to be seen, however busy the machine is.
        await using var kip = await StartAsync(options: static o => o with { CrashBackoff = new Backoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)) });
        var backsOff = kip.WaitForAsync<Pod>("crash", static p => App(p).State?.Waiting?.Reason == "CrashLoopBackOff");

        await kip.CreateAsync(Restarting("crash", """
            n=$(cat /data/n 2>/dev/null || echo 0); [ -e /fresh ] && echo stale root; touch /fresh; echo run $n
            echo $((n+1)) > /data/n; [ $n -ge 2 ] && exec sleep 9999; echo trouble > /dev/termination-log; exit 3
            """));
        var third = await kip.WaitForAsync<Pod>("crash", static p => App(p) is { RestartCount: 2, State.Running: not null });

        App(await backsOff).LastState!.Terminated!.ShouldSatisfyAllConditions(
            static t => t.ExitCode.ShouldBe(3), static t => t.Reason.ShouldBe("Error"), static t => t.Message.ShouldBe("trouble\n"));
        App(await backsOff).State!.Waiting!.Message!.ShouldStartWith("back-off 2s restarting failed container=app pod=crash_default(");
        App(third).LastState!.Terminated!.ExitCode.ShouldBe(3);
        // It runs, but may not have written yet: a follower waits.
        (await kip.LogAsync("crash", new PodLogOptions { Follow = true, LimitBytes = 6 })).ShouldBe("run 2\n");
        (await kip.LogAsync("crash", new PodLogOptions { Previous = true })).ShouldBe("run 1\n");
    }

    [Theory]
    [InlineData("echo trouble >&2; exit 3", "trouble\n")]
    [InlineData("echo trouble; echo because > /dev/termination-log; exit 3", "because\n")]
    [InlineData("head -c 5000 /dev/zero | tr '\\0' x > /dev/termination-log; echo because >> /dev/termination-log; exit 3", "x*4088 because\n")]
    public async Task Without_a_message_of_its_own_the_log_says_why_it_failed(string command, string message)
    {
        await using var kip = await StartAsync();

        await kip.CreateAsync(PodOf("words", command,
            static c => c with { TerminationMessagePolicy = "FallbackToLogsOnError" }, static s => s with { RestartPolicy = "Never" }));
        var pod = await kip.WaitForAsync<Pod>("words", static p => App(p).State?.Terminated is not null);

        App(pod).State!.Terminated!.Message.ShouldBe(message.Replace("x*4088 ", new string('x', 4088)));
    }

    [Fact]
    public async Task What_was_killed_for_its_memory_is_started_again_and_its_last_state_says_why()
    {
        await using var kip = await StartAsync();

        await kip.CreateAsync(Restarting("hungry", "[ -e /data/once ] && exec sleep 9999; touch /data/once; tail /dev/zero", static c => c with
        {
            Resources = new ResourceRequirements { Limits = StringMap.Of(("memory", "16Mi")) },
        }));
        var again = await kip.WaitForAsync<Pod>("hungry", static p => App(p) is { RestartCount: 1, State.Running: not null });

        App(again).LastState!.Terminated!.ShouldSatisfyAllConditions(static t => t.Reason.ShouldBe("OOMKilled"), static t => t.ExitCode.ShouldBe(137));
    }

    [Fact]
    public async Task Each_containers_log_is_its_own_from_where_and_as_long_as_wanted()
    {
        await using var kip = await StartAsync();
        var started = DateTimeOffset.UtcNow;
        await kip.CreateAsync(PodOf("two", "seq 5; until [ -e /data/end ]; do sleep 0.05; done; echo last", static c => c with
        {
            VolumeMounts = [new VolumeMount { Name = "data", MountPath = "/data" }],
        }, static s => s with
        {
            Volumes = [new Volume { Name = "data", EmptyDir = new RawJson("{}") }],
            Containers = [.. s.Containers, s.Containers[0] with { Name = "side", Command = ["sh", "-c", "echo from the side; sleep 9999"] }],
        }));
        await kip.WaitForAsync<Pod>("two", static p => p.Status.ContainerStatuses.Count(static c => c.State?.Running is not null) == 2);

        (await kip.LogAsync("two", new PodLogOptions { Container = "app", Follow = true, LimitBytes = 10 })).ShouldBe("1\n2\n3\n4\n5\n");
        (await kip.LogAsync("two", new PodLogOptions { Container = "app", TailLines = 2 })).ShouldBe("4\n5\n");
        (await kip.LogAsync("two", new PodLogOptions { Container = "app", SinceTime = started })).ShouldBe("1\n2\n3\n4\n5\n");
        (await kip.LogAsync("two", new PodLogOptions { Container = "app", SinceTime = DateTimeOffset.UtcNow + TimeSpan.FromDays(1) })).ShouldBe("");
        (await kip.LogAsync("two", new PodLogOptions { Container = "side", Follow = true, LimitBytes = 14 })).ShouldBe("from the side\n");
        (await Should.ThrowAsync<ApiException>(kip.LogAsync("two"))).Message.ShouldContain(
            "a container name must be specified for pod two, choose one of: [app side]");
        (await Should.ThrowAsync<ApiException>(
            kip.LogAsync("two", new PodLogOptions { Container = "app", Previous = true }))).Message.ShouldContain("previous terminated container");

        var following = kip.LogAsync("two", new PodLogOptions { Container = "app", Follow = true, TailLines = 1 });
        await kip.Runtime.Exec.ExecAsync(
            new("default", "two"), new PodExecOptions { Container = "app", Command = ["touch", "/data/end"] }, new NoClient(),
            CancellationToken.None);
        // To the end of the container, not of the pod.
        (await following.WaitAsync(RuntimeHarness.SafetyNet)).ShouldBe("5\nlast\n");
    }

    private sealed class NoClient : IPodExecClient
    {
        public ValueTask<ReadOnlyMemory<byte>?> ReadInputAsync(CancellationToken cancel) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(null);

        public ValueTask WriteOutputAsync(bool isError, ReadOnlyMemory<byte> bytes, CancellationToken cancel) => ValueTask.CompletedTask;

        public void OnResize(Action<int, int> resize)
        {
        }
    }
}
