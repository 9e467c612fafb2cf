using Kip.Client.Pods;
using Kip.Resources.Core;
using Shouldly;

namespace Kip.Tests.Runtime.Containers;

/// <summary>Programs that are run in a container beside its own, and what is left of them when nobody wants them any more.</summary>
public sealed class ContainerExecTests : ContainerTests
{
    // The first line of the file names both processes of the program that was asked for; the container ends when both have gone.
    private const string UntilAskedHasEnded = """
        until [ -s /tmp/asked ]; do sleep 0.05; done; read a b < /tmp/asked
        while kill -0 $a 2>/dev/null || kill -0 $b 2>/dev/null; do sleep 0.05; done; echo ended
        """;

    private static readonly string[] Forever = ["sh", "-c", "sleep 9999 & echo $$ $! >> /tmp/asked; echo begun; exec sleep 9999"];

    [Fact]
    public async Task A_probes_program_that_takes_too_long_is_ended_with_what_it_started()
    {
        await using var kip = await StartAsync();

        var (pod, log) = await RunAsync(kip, PodOf("slow", UntilAskedHasEnded, static c => c with
        {
            LivenessProbe = new Probe { Exec = new ExecAction { Command = [.. Forever] }, TimeoutSeconds = 2, PeriodSeconds = 1, FailureThreshold = 1000 },
        }));

        log.ShouldBe("ended\n");
        pod.Status.Phase.ShouldBe("Succeeded");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_program_whose_client_has_gone_is_ended_with_what_it_started(bool terminal)
    {
        await using var kip = await StartAsync();
        await kip.CreateAsync(PodOf("left", UntilAskedHasEnded));
        await kip.WaitForAsync<Pod>("left", IsRunning);
        using var gone = new CancellationTokenSource();

        var exec = kip.Runtime.Exec.ExecAsync(
            new("default", "left"), new PodExecOptions { Command = [.. Forever], Tty = terminal }, new GoesAtFirstOutput(gone), gone.Token);

        await Should.ThrowAsync<OperationCanceledException>(exec);
        await kip.WaitForAsync<Pod>("left", HasEnded);
        (await kip.LogAsync("left")).ShouldBe("ended\n");
    }

    [Fact]
    public async Task What_a_program_left_running_on_purpose_stays_until_the_container_ends()
    {
        await using var kip = await StartAsync();
        await kip.CreateAsync(PodOf("kept", "until [ -s /tmp/asked ]; do sleep 0.05; done; sleep 0.2; read a b < /tmp/asked; kill -0 $b && echo goes on"));
        await kip.WaitForAsync<Pod>("kept", IsRunning);

        (await kip.Runtime.Exec.ExecAsync(
            new("default", "kept"), new PodExecOptions { Command = ["sh", "-c", "sleep 9999 > /dev/null 2>&1 & echo $$ $! >> /tmp/asked"] },
            new GoesAtFirstOutput(null),
            CancellationToken.None)).ShouldBe(0);

        (await kip.WaitForAsync<Pod>("kept", HasEnded)).Status.Phase.ShouldBe("Succeeded");
        (await kip.LogAsync("kept")).ShouldBe("goes on\n");
    }

    private sealed class GoesAtFirstOutput(CancellationTokenSource? gone) : IPodExecClient
    {
        public ValueTask<ReadOnlyMemory<byte>?> ReadInputAsync(CancellationToken cancel) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(null);

        public async ValueTask WriteOutputAsync(bool isError, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
        {
            if (gone is not null) await gone.CancelAsync();
        }

        public void OnResize(Action<int, int> resize)
        {
        }
    }
}
