using System.Globalization;
using Kip.Testing.Images;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional.Containers;

/// <summary>The platform is killed at moments of no choosing, while it starts and while containers come and go. They need root.</summary>
public sealed class ContainerKillTests
{
    private const string Image = "kip.local/busybox:1";

    /// <summary>Rounds of two kills each; more than one are asked for by <c>KIP_KILLS</c>.</summary>
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("KIP_KILLS") ?? "1", CultureInfo.InvariantCulture);

    private static readonly int Seed = int.Parse(
        Environment.GetEnvironmentVariable("KIP_SEED") ?? $"{Environment.TickCount & 0xffff}", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Whenever_it_is_killed_nothing_is_left_once_it_was_started_and_stopped()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("containers need root");
        TestContext.Current.SendDiagnosticMessage("KIP_SEED={0}", Seed);
        var random = new Random(Seed);
        await using var kip = await KipProgram.StartAsync();
        var archive = BaseImages.Busybox().Build().WriteOciArchive(Path.Combine(kip.Data, "busybox.tar"), "busybox:1");
        (await kip.KipAsync("image", "load", archive, "--name", Image)).Succeeded();
        // The first pod has its network made: from then on every start finds what to do.
        await CreateAsync(kip, "first");
        (await kip.KubectlAsync("wait", "pod/first", "--for=condition=Ready", "--timeout=60s")).Succeeded();

        for (var kill = 0; kill < Kills; kill++)
        {
            // Whatever they are about when it happens; that they fail then is no wonder.
            var work = Task.WhenAll(
                CreateAsync(kip, $"pod-{kill}"), CreateAsync(kip, $"more-{kill}"),
                kip.KubectlAsync("delete", "pod", "first", $"pod-{kill - 1}", "--ignore-not-found", "--wait=false"));
            await Task.Delay(random.Next(1500));
            await kip.KillAsync();
            PodTraces.Mounts(kip).ShouldBeEmpty($"KIP_SEED={Seed}");
            await work;
            await KillWhileItStartsAsync(kip, random);
            await kip.RestartAsync();
        }

        (await kip.KubectlAsync("delete", "pods", "--all", "--wait", "--grace-period=1")).Succeeded();
        Directory.GetDirectories(Path.Combine(kip.Data, "pods")).ShouldBeEmpty($"KIP_SEED={Seed}");
        await kip.StopAsync();
        (await PodTraces.OfAllAsync(kip)).ShouldBeEmpty($"KIP_SEED={Seed}");
    }

    private static async Task KillWhileItStartsAsync(KipProgram kip, Random random)
    {
        var starting = kip.RestartAsync();
        await Task.Delay(random.Next(1500));
        await kip.KillAsync();
        try
        {
            await starting;
        }
        catch (InvalidOperationException)
        {
            // It did not come so far.
        }
    }

    // An init container, a volume in memory, a log, a port: something of everything that a pod has on the machine.
    private static Task<CommandResult> CreateAsync(KipProgram kip, string name) => kip.KubectlWithInputAsync($$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}} }
        spec:
          terminationGracePeriodSeconds: 1
          volumes: [{ name: data, emptyDir: { medium: Memory } }]
          initContainers:
          - { name: before, image: "{{Image}}", command: [sh, -c, "echo before > /data/f"], volumeMounts: [{ name: data, mountPath: /data }] }
          containers:
          - name: app
            image: "{{Image}}"
            command: [sh, -c, "cat /data/f; setsid sleep 9999 & exec sleep 9999"]
            volumeMounts: [{ name: data, mountPath: /data }]
        """, "apply", "-f", "-");
}
