using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Shouldly;

namespace Kip.Tests.Runtime.Containers;

/// <summary>emptyDirs on disk and in memory, their sizes, and the group that owns a pod's volumes.</summary>
public sealed class ContainerVolumeTests : ContainerTests
{
    private static Func<Container, Container> MountsData { get; } = static c =>
        c with { VolumeMounts = [new VolumeMount { Name = "data", MountPath = "/data" }] };

    private static Func<PodSpec, PodSpec> Data(string emptyDir, string? security = null) => s => s with
    {
        Volumes = [new Volume { Name = "data", EmptyDir = new RawJson(emptyDir) }], SecurityContext = security is null ? null : new RawJson(security),
    };

    [Theory]
    [InlineData("disk", "{}")]
    [InlineData("memory", """{"medium":"Memory"}""")]
    public async Task The_pods_group_owns_its_volumes_and_what_is_written_there(string name, string emptyDir)
    {
        await using var kip = await StartAsync();

        var (_, log) = await RunAsync(
            kip,
            PodOf(name, "id -G; stat -c '%g %a' /data; touch /data/f; stat -c '%u %g' /data/f; mkdir /data/d; touch /data/d/g; stat -c %g /data/d/g",
            MountsData, Data(emptyDir, """{"runAsUser":2001,"runAsGroup":2002,"fsGroup":5000,"supplementalGroups":[7]}""")));

        log.ShouldBe("2002 7 5000\n5000 2777\n2001 5000\n5000\n");
    }

    [Theory]
    [InlineData("disk", "{}")]
    [InlineData("memory", """{"medium":"Memory"}""")]
    public async Task Without_a_group_anybody_may_write_and_remove_what_is_there(string name, string emptyDir)
    {
        await using var kip = await StartAsync();
        static Container As(int user, string command) => new()
        {
            Name = $"user-{user}", Image = "busybox", Command = ["sh", "-c", command], VolumeMounts = [new VolumeMount { Name = "data", MountPath = "/data" }],
            SecurityContext = new RawJson($$"""{"runAsUser":{{user}}}"""),
        };

        var (pod, log) = await RunAsync(kip, PodOf(name, "stat -c '%g %a' /data; ls /data", MountsData,
            s => Data(emptyDir)(s) with { InitContainers = [As(2001, "touch /data/theirs /data/gone"), As(2002, "rm /data/gone")] }));

        pod.Status.Phase.ShouldBe("Succeeded");
        log.ShouldBe("0 777\ntheirs\n");
    }

    [Fact]
    public async Task Keys_and_settings_can_be_read_by_the_pods_group()
    {
        await using var kip = await StartAsync();
        await kip.Resources.CreateAsync<Secret>(new Secret
        {
            Metadata = new ObjectMeta { Name = "key", Namespace = "default" }, Data = StringMap.Of(("token", "czNjcjN0")),
        }, CancellationToken.None);

        var (_, log) = await RunAsync(kip, PodOf("reader", "stat -Lc '%u %g %a' /key/token; cat /key/token",
            static c => c with { VolumeMounts = [new VolumeMount { Name = "key", MountPath = "/key" }] },
            static s => s with
            {
                SecurityContext = new RawJson("""{"runAsUser":2001,"runAsGroup":2002,"fsGroup":5000}"""),
                Volumes = [new Volume { Name = "key", Secret = new SecretVolumeSource { SecretName = "key", DefaultMode = 0b100_000_000 } }],
            }));

        log.ShouldBe("0 5000 440\ns3cr3t");
    }

    [Fact]
    public async Task Memory_is_a_tmpfs_of_the_size_that_was_asked_for()
    {
        await using var kip = await StartAsync();

        var (_, log) = await RunAsync(kip, PodOf("small", """
            exec 2>&1; grep -o ' /data tmpfs .*nosuid,nodev' /proc/mounts | cut -d' ' -f3
            dd if=/dev/zero of=/data/fits bs=1M count=3 2>/dev/null && echo fits
            dd if=/dev/zero of=/data/more bs=1M count=3 2>&1 | grep -o 'No space left on device'
            """, MountsData, Data("""{"medium":"Memory","sizeLimit":"4Mi"}""")));

        log.ShouldBe("tmpfs\nfits\nNo space left on device\n");
    }

    [Theory]
    [InlineData("""{"medium":"HugePages"}""", "emptyDir has the medium \"HugePages\"")]
    [InlineData("""{"sizeLimit":"plenty"}""", "sizeLimit \"plenty\" is no quantity")]
    public async Task What_no_emptyDir_can_be_is_said(string emptyDir, string why)
    {
        await using var kip = await StartAsync();

        (await NotStartedAsync(kip, PodOf("none", "true", MountsData, Data(emptyDir)))).ShouldContain(why);
    }
}
