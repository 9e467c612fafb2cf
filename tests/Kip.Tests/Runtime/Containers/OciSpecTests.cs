using System.Text;
using Kip.Images;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Containers;
using Kip.Runtime.Containers.Spec;
using Kip.Runtime.Environment;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;
using Kip.Testing.Golden;
using Shouldly;

namespace Kip.Tests.Runtime.Containers;

public class OciSpecTests
{
    private static readonly Goldens Goldens = Goldens.Beside("Goldens");

    private static readonly ImageConfig Image = new()
    {
        Entrypoint = ["/app"], Cmd = ["--from", "image"], Env = ["PATH=/bin", "COLOR=red"], User = "web", WorkingDir = "/srv",
    };

    private static ContainerPlan Plan(Container container, ImageConfig? image = null, PodSpec? spec = null, params PlannedMount[] mounts)
    {
        var pod = new Pod
        {
            Metadata = new ObjectMeta { Name = "hello-1", Namespace = "default", Uid = "u", Labels = StringMap.Of(("serving.knative.dev/revision", "hello")) },
            Spec = (spec ?? new PodSpec()) with { Containers = [container] },
        };
        return ContainerPlanner.Plan(new ContainerRequest
        {
            Pod = pod, Container = container, Image = image ?? Image, Sources = EnvironmentSources.None, Security = SecuritySettings.Of(pod.Spec, container),
            Limits = ResourceLimits.Of(container, pids: 100), OpenFiles = 1024, Root = "/root-of-it", Cgroup = "/kip-1/u/app-0",
            NetworkNamespace = "/proc/1/fd/9", Mounts = mounts,
            ReadFile = static path => path == "/etc/passwd" ? "root:x:0:0::/root:/bin/sh\nweb:x:1001:1002::/srv:/bin/sh\n" : "web:x:1002:\nlogs:x:1003:web\n",
        });
    }

    private static void Check(string name, ContainerPlan plan) =>
        // The profile has a file of its own.
        Goldens.Check(name, "config.json", Encoding.UTF8.GetString(
            OciSpec.Write(plan with { Seccomp = plan.Seccomp is null ? null : "{\"defaultAction\":\"of the profile\"}" }, indented: true)) + "\n");

    [Fact]
    public void An_images_own_wishes_and_the_defaults() => Check("image", Plan(new Container { Name = "app" }));

    [Fact]
    public void A_pods_wishes_over_the_images() => Check("pod", Plan(
        new Container
        {
            Name = "app", Args = ["--port", "$(PORT)"], WorkingDir = "/work", Ports = [new ContainerPort { ContainerPortNumber = 8080 }],
            Env = [new EnvVar { Name = "COLOR", Value = "blue" }],
            Resources = new ResourceRequirements { Limits = StringMap.Of(("memory", "64Mi"), ("cpu", "500m")) },
            SecurityContext = new RawJson("""{"readOnlyRootFilesystem":true,"runAsUser":77,"capabilities":{"drop":["ALL"],"add":["NET_BIND_SERVICE"]}}"""),
        },
        spec: new PodSpec { SecurityContext = new RawJson("""{"fsGroup":5000,"seccompProfile":{"type":"Unconfined"},"supplementalGroups":[7]}""") },
        mounts: [new PlannedMount("/data/inner", "/volumes/b", ReadOnly: true), new PlannedMount("/data", "/volumes/a", ReadOnly: false)]));

    [Fact]
    public void A_command_replaces_the_images_arguments_too() =>
        Plan(new Container { Name = "app", Command = ["/other"] }).Arguments.ShouldBe(["/other"]);

    [Fact]
    public void Nothing_to_run_is_said() => Should.Throw<ContainerSetupException>(static () => Plan(new Container { Name = "app" }, new ImageConfig()))
        .Message.ShouldContain("no command specified");

    [Theory]
    [InlineData("", 0u, 0u, "/root")]
    [InlineData("web", 1001u, 1002u, "/srv")]
    [InlineData("web:logs", 1001u, 1003u, "/srv")]
    [InlineData("web:55", 1001u, 55u, "/srv")]
    [InlineData("1001", 1001u, 1002u, "/srv")]
    [InlineData("77", 77u, 0u, "/")]
    [InlineData("77:88", 77u, 88u, "/")]
    public void Users_are_looked_up_in_the_image(string wanted, uint uid, uint gid, string home)
    {
        var user = ImageUser.Find(wanted, "root:x:0:0::/root:/bin/sh\nbroken\nweb:x:1001:1002::/srv:/bin/sh\n", "web:x:1002:\nlogs:x:1003:web,x\n");
        (user.Uid, user.Gid, user.Home).ShouldBe((uid, gid, home));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("web:none")]
    [InlineData("99999999999")]
    public void Users_that_are_not_there_are_said(string wanted) =>
        Should.Throw<ContainerSetupException>(() => ImageUser.Find(wanted, "web:x:1:2::/:/bin/sh\n", null));

    [Fact]
    public void Capabilities_are_dropped_first_and_added_then()
    {
        Capabilities.Of(["net_admin"], ["CAP_CHOWN"]).ShouldBe(Capabilities.Default.Remove("CAP_CHOWN").Add("CAP_NET_ADMIN").Sort(StringComparer.Ordinal));
        Capabilities.Of(["NET_BIND_SERVICE"], ["ALL"]).ShouldBe(["CAP_NET_BIND_SERVICE"]);
        Should.Throw<ContainerSetupException>(static () => Capabilities.Of(["SYS_ADMIN"], [])).Message.ShouldContain("CAP_SYS_ADMIN");
    }

    [Theory]
    [InlineData("500m", 0.5)]
    [InlineData("1Ki", 1024d)]
    [InlineData("1.5", 1.5)]
    [InlineData("2e3", 2000d)]
    [InlineData("1E", 1e18)]
    [InlineData("100k", 100000d)]
    [InlineData("12xy", null)]
    [InlineData("", null)]
    public void Quantities_are_numbers(string text, double? number) => ((double?)ResourceLimits.Quantity(text)).ShouldBe(number);

    [Theory]
    [InlineData("SIGQUIT", 3)]
    [InlineData("quit", 3)]
    [InlineData("15", 15)]
    [InlineData("", 15)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("nonsense", 15)]
    public void Stop_signals_have_numbers(string text, int number) => StopSignals.Number(text).ShouldBe(number);

    [Fact]
    public void The_seccomp_profile_names_what_programs_need_and_not_what_reaches_the_kernel()
    {
        using var profile = System.Text.Json.JsonDocument.Parse(SeccompProfile.Json);
        var allowed = profile.RootElement.GetProperty("syscalls")[0].GetProperty("names").EnumerateArray().Select(static n => n.GetString()).ToHashSet();

        allowed.ShouldContain("openat");
        string[] calls =
        [
            "mount", "bpf", "init_module", "kexec_load", "unshare", "setns", "keyctl", "io_uring_setup", "clone", "clone3", "open_by_handle_at",
        ];
        foreach (var dangerous in calls)
            allowed.ShouldNotContain(dangerous);
    }
}
