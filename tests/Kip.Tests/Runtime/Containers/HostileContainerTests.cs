using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Containers;
using Shouldly;

namespace Kip.Tests.Runtime.Containers;

/// <summary>Programs that mean ill: what they do ends with their pod, and the machine and its other pods are as before.</summary>
public sealed class HostileContainerTests : ContainerTests
{
    private static ContainerOptions Looking(ContainerOptions options) => options with { StoragePeriod = TimeSpan.FromMilliseconds(100) };

    [Theory]
    [InlineData("full-layer", "dd if=/dev/zero of=/big bs=1M count=40", "Pod ephemeral local storage usage exceeds")]
    [InlineData("full-volume", "dd if=/dev/zero of=/data/big bs=1M count=20", "Usage of EmptyDir volume \"data\" exceeds the limit")]
    [InlineData("full-message", "dd if=/dev/zero of=/dev/termination-log bs=1M count=40", "Pod ephemeral local storage usage exceeds")]
    [InlineData(
        "strange-names", "mkdir $(printf '/data/\\377'); dd if=/dev/zero of=$(printf '/data/\\377/\\376') bs=1M count=20",
        "Usage of EmptyDir volume \"data\" exceeds the limit")]
    [InlineData("many-files", "i=0; while [ $i -lt 600 ]; do : > /many-$i; i=$((i+1)); done", "Pod has more than 500 files")]
    [InlineData("deep-folders", "n=$(printf %0200d 0); i=0; while [ $i -lt 30 ]; do mkdir $n && cd $n; i=$((i+1)); done", "folders nested more deeply")]
    public async Task Who_fills_the_disk_is_evicted_and_leaves_nothing(string name, string command, string why)
    {
        var entries = name == "deep-folders" ? 100_000 : 500;
        await using var kip = await StartAsync(o => Looking(o) with { StorageLimit = 30 << 20, EntriesLimit = entries });
        await kip.CreateAsync(PodOf(name, $"cd /; {command}; sleep 9999",
            static c => c with { VolumeMounts = [new VolumeMount { Name = "data", MountPath = "/data" }] },
            static s => s with { Volumes = [new Volume { Name = "data", EmptyDir = new RawJson("""{"sizeLimit":"10Mi"}""") }] }));

        var pod = await kip.WaitForAsync<Pod>(name, HasEnded);

        (pod.Status.Phase, pod.Status.Reason).ShouldBe(("Failed", "Evicted"));
        pod.Status.Message!.ShouldContain(why);
        await kip.Resources.DeleteAsync<Pod>(pod.Key, CancellationToken.None);
        await kip.WaitUntilGoneAsync<Pod>(name);
        // It had ended, so the API did not wait for what it leaves.
        await kip.StopAsync();
        Directory.Exists(Path.Combine(kip.Options.DataDirectory, "pods", pod.Metadata.Uid!)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(false, "must be suid")]
    [InlineData(true, "uid=0")]
    public async Task A_set_uid_program_gives_no_rights_unless_that_was_asked_for(bool asked, string answer)
    {
        await using var kip = await StartAsync();

        var (_, log) = await RunAsync(kip, PodOf($"suid-{asked}".ToLowerInvariant(), "/bin/busybox-suid su -c id root 2>&1", c => c with
        {
            SecurityContext = new RawJson($$"""{"runAsUser":1001,"allowPrivilegeEscalation":{{(asked ? "true" : "false")}}}"""),
        }));

        log.ShouldContain(answer);
    }

    [Fact]
    public async Task Nothing_of_the_machine_or_of_another_pod_is_to_be_seen_or_changed()
    {
        await using var kip = await StartAsync();
        await kip.Resources.CreateAsync<Secret>(new Secret
        {
            Metadata = new ObjectMeta { Name = "key", Namespace = "default" }, Data = StringMap.Of(("token", "czNjcjN0")),
        }, CancellationToken.None);
        await kip.CreateAsync(PodOf("victim", "echo mine > /data/own; echo up; sleep 9999",
            static c =>
                c with { VolumeMounts = [new VolumeMount { Name = "data", MountPath = "/data" }, new VolumeMount { Name = "key", MountPath = "/key" }] },
            static s => s with { Volumes = [new Volume { Name = "data", EmptyDir = new RawJson(
                "{}") }, new Volume { Name = "key", Secret = new SecretVolumeSource { SecretName = "key" } }] }));
        var victim = await kip.WaitForAsync<Pod>("victim", IsRunning);

        var (_, log) = await RunAsync(kip, PodOf("curious", $$"""
            exec 2>&1
            ls {{kip.Options.DataDirectory}} | head -n 1; ls /proc/1/root/..{{kip.Options.DataDirectory}} | head -n 1
            grep -l mine /proc/*/root/data/own | head -n 1
            mknod /dev/disk b 8 0 && echo made; mount -t proc x /mnt && echo mounted; chroot / true
            unshare -m true && echo unshared; nsenter -t 1 -m true && echo entered
            echo 1 > /proc/sys/kernel/sysrq && echo changed; echo c > /proc/sysrq-trigger && echo triggered; mkdir /sys/fs/cgroup/memory/x && echo grouped
            kill -9 -1; echo alive
            """));

        foreach (var word in (string[])["made", "mounted", "unshared", "entered", "changed", "triggered", "grouped", "mine", "s3cr3t", "images", "pods"])
            log.Split('\n').ShouldNotContain(word);
        log.ShouldNotContain("/root/data/own\n", Case.Sensitive, "another pod's file was read");
        log.ShouldEndWith("alive\n");
        var now = await kip.WaitForAsync<Pod>("victim", IsRunning);
        (now.Status.ContainerStatuses[0].RestartCount, now.Metadata.Uid).ShouldBe((0, victim.Metadata.Uid));
    }
}
