using Kip.Testing.Images;
using Kip.Testing.Load;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional.Containers;

/// <summary>Services whose image is a container's, through the real kip, kubectl and gateway. They need root.</summary>
public sealed class ContainerServiceTests : IAsyncLifetime
{
    private const string Web = "kip.local/web:1";

    private KipProgram _kip = null!;

    public async ValueTask InitializeAsync()
    {
        _kip = await KipProgram.StartAsync();
        var archive = Path.Combine(_kip.Data, "web.tar");
        BaseImages.WebServer("hello from a container\n").Build().WriteOciArchive(archive, "web:1");
        (await _kip.KipAsync("image", "load", archive, "--name", Web)).Succeeded();
    }

    public ValueTask DisposeAsync() => _kip.DisposeAsync();

    // Asleep until it is called, and awake from then on: on a slow machine more than a minute passes between two steps.
    private static string Service(string name) => $$"""
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: {name: {{name}}}
        spec:
          template:
            metadata:
              annotations: {autoscaling.knative.dev/initial-scale: "0", autoscaling.knative.dev/window: 1h}
            spec:
              containers:
              - image: {{Web}}
        """;

    private async Task ApplyAsync(string manifest, string service)
    {
        (await _kip.KubectlWithInputAsync(manifest, "apply", "-f", "-")).Succeeded();
        (await _kip.KubectlAsync("wait", $"ksvc/{service}", "--for=condition=Ready", "--timeout=60s")).Succeeded();
    }

    // As in-cluster clients do: at the address of the environment, with the pod's own token, whose rights count. busybox knows no TLS that is
    // still allowed, so this machine's curl is sent into the pod's network.
    private async Task TalksToTheApi(string pod)
    {
        const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";
        var token = (await _kip.KubectlAsync("exec", pod, "--", "cat", $"{Folder}/token")).Succeeded().Output;
        var address = (await _kip.KubectlAsync("exec", pod, "--", "sh", "-c", "echo $KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT"))
            .Succeeded().Output.Trim();
        (await _kip.KubectlAsync("exec", pod, "--", "nslookup", "kubernetes.default.svc.cluster.local")).Output.ShouldContain(address.Split(':')[0]);
        var authority = Path.Combine(_kip.Data, "pod-ca.crt");
        await File.WriteAllTextAsync(
            authority, (await _kip.KubectlAsync("exec", pod, "--", "cat", $"{Folder}/ca.crt")).Succeeded().Output, TestContext.Current.CancellationToken);
        var process = Directory.GetDirectories("/proc").First(folder => IsOf(folder, pod));

        (await AskAsync("")).ShouldContain("\"reason\":\"Unauthorized\"");
        (await AskAsync(token)).ShouldContain("User \"system:serviceaccount:default:default\" cannot list resource \"pods\"");
        (await _kip.KubectlAsync("create", "rolebinding", "web-views", "--clusterrole=view", "--serviceaccount=default:default")).Succeeded();
        (await AskAsync(token)).ShouldContain("\"kind\":\"PodList\"");

        async Task<string> AskAsync(string with) => (await Command.RunAsync("nsenter",
            [
                "-t", Path.GetFileName(process), "-n", "curl", "-sS", "--cacert", authority,
                .. with.Length == 0 ? (string[])[] : ["-H", $"Authorization: Bearer {with}"],
                $"https://{address}/api/v1/namespaces/default/pods?limit=1",
            ]))
            .Succeeded().Output.Replace("\\\"", "\"");
    }

    private static bool IsOf(string process, string pod)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ")).Split('\0').Contains($"HOSTNAME={pod[..Math.Min(pod.Length, 63)].TrimEnd('-', '.')}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task<string> PodAsync(string service) => (await _kip.KubectlAsync(
        "get", "pods", "-l", $"serving.knative.dev/service={service}", "-o", "jsonpath={.items[0].metadata.name}")).Succeeded().Output;

    [Fact]
    public async Task A_service_of_an_image_wakes_from_zero_and_can_be_entered_and_reaches_others_by_name()
    {
        await ApplyAsync(Service("web"), "web");
        await ApplyAsync(Service("other"), "other");
        using var client = LoopbackClient.To(_kip.Gateway);

        (await client.GetStringAsync(new Uri("http://web.default.localhost/"))).ShouldBe("hello from a container\n");

        var pod = await PodAsync("web");
        await TalksToTheApi(pod);
        var kubectl = (await _kip.KubectlAsync("exec", pod, "--", "sh", "-c", "echo $K_SERVICE $PORT; exit 0")).Succeeded();
        kubectl.Output.ShouldBe("web 8080\n");
        (await _kip.KubectlAsync("exec", pod, "--", "sh", "-c", "echo no >&2; exit 3")).ShouldSatisfyAllConditions(
            static r => r.ExitCode.ShouldBe(3), static r => r.Error.ShouldContain("no\n"));
        (await _kip.KubectlWithInputAsync("through and back", "exec", "-i", pod, "--", "cat")).Succeeded().Output.ShouldBe("through and back");
        (await _kip.KipWithInputAsync("to kip", "exec", "web", "-i", "--", "cat")).Succeeded().Output.ShouldBe("to kip");
        (await _kip.KipAsync("exec", "web", "--", "false")).ExitCode.ShouldBe(1);

        // The other sleeps: its name alone wakes it. The input stays open until there is an answer, since a client that is done sending counts as gone.
        var called = await _kip.KubectlAsync("exec", pod, "--", "sh", "-c",
            "ip=$(nslookup -type=a other.default.svc.cluster.local | busybox awk '/^Address/ {last=$2} END {print last}'); "
            + "(printf 'GET / HTTP/1.1\\r\\nHost: other.default.svc.cluster.local\\r\\nConnection: close\\r\\n\\r\\n'; until [ -e /tmp/answered ]; "
            + "do sleep 0.1; done) | (nc $ip 80; touch /tmp/answered)");
        (called.Output + called.Error).ShouldContain("hello from a container");
    }

    [Fact]
    public async Task A_platform_that_is_killed_leaves_nothing_once_it_was_started_again_and_stopped()
    {
        await ApplyAsync(Service("left"), "left");
        using (var client = LoopbackClient.To(_kip.Gateway)) (await client.GetStringAsync(new Uri("http://left.default.localhost/"))).ShouldNotBeEmpty();
        (await PodTraces.OfAllAsync(_kip)).ShouldNotBeEmpty();

        await _kip.KillAsync();
        PodTraces.Mounts(_kip).ShouldBeEmpty();
        await _kip.RestartAsync();
        using (var client = LoopbackClient.To(_kip.Gateway)) (await client.GetStringAsync(new Uri("http://left.default.localhost/"))).ShouldNotBeEmpty();
        await _kip.StopAsync();

        (await PodTraces.OfAllAsync(_kip)).ShouldBeEmpty();
    }
}
