using Kip.Images.Layers;
using Kip.Testing.Images;
using Kip.Testing.Load;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional.Containers;

/// <summary>From an image to an answer: pushed by skopeo, or built by kip deploy --container, then run, called and removed. Needs root.</summary>
[Collection(KipCollection.Name)]
public sealed class ImageToServiceTests(KipFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-container-").FullName;

    private KipProgram Kip => fixture.Kip;

    [Fact]
    public async Task A_pushed_image_becomes_a_service_pinned_to_what_was_pushed()
    {
        RequireRoot();
        var image = BaseImages.WebServer("from a pushed image").Build();
        await PushAsync(image, "web:v1");

        (await Kip.KubectlWithInputAsync(Manifest("pushed", "kip.local/web:v1"), "apply", "-f", "-")).Succeeded();
        await AnswersAsync("pushed", "from a pushed image");

        (await Kip.KubectlAsync("get", "revision", "pushed-00001", "-o", "jsonpath={.status.containerStatuses[0].imageDigest}")).Succeeded().Output
            .ShouldBe($"kip.local/web@{image.Digest}");
        (await Kip.KubectlAsync("delete", "ksvc", "pushed", "--wait")).Succeeded();
    }

    [Fact]
    public async Task A_single_static_file_pushed_by_buildah_is_a_service_and_leaves_nothing_when_it_is_deleted()
    {
        RequireRoot();
        var image = new ImageBuild()
            .Layer(new ImageLayer().Program("busybox", "/bin/busybox").File("index.html", "one file"))
            .Entrypoint("/busybox", "httpd", "-f", "-p", "8080", "-h", "/").StopSignal("SIGKILL").Build();
        string[] storage = ["--root", Path.Combine(_folder, "root"), "--runroot", Path.Combine(_folder, "run"), "--storage-driver", "vfs"];
        var archive = image.WriteOciArchive(Path.Combine(_folder, "static.tar"), "static:v1");
        var id = (await Command.RunAsync("buildah", [.. storage, "pull", $"oci-archive:{archive}"])).Succeeded().Output.Trim();
        (await Command.RunAsync(
            "buildah",
            [.. storage, "push", "--tls-verify=false", "--creds", await CredentialsAsync(), id, $"docker://{Kip.Registry}/static:v1"])).Succeeded();

        (await Kip.KubectlWithInputAsync(Manifest("static", "kip.local/static:v1"), "apply", "-f", "-")).Succeeded();
        await AnswersAsync("static", "one file");
        var uid = (await Kip.KubectlAsync("get", "pods", "-l", "serving.knative.dev/service=static", "-o", "jsonpath={.items[0].metadata.uid}"))
            .Succeeded().Output;
        PodTraces.Of(Kip, uid).ShouldNotBeEmpty();
        (await Kip.KubectlAsync("delete", "ksvc", "static", "--wait")).Succeeded();
        (await Kip.KubectlAsync("wait", "pods", "-l", "serving.knative.dev/service=static", "--for=delete", "--timeout=60s")).Succeeded();

        PodTraces.Of(Kip, uid).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_kernel_kills_what_takes_too_much_and_every_log_can_be_read()
    {
        RequireRoot();
        await PushAsync(BaseImages.Busybox().Build(), "busybox:1");
        (await Kip.KubectlWithInputAsync("""
            apiVersion: v1
            kind: Pod
            metadata: { name: hungry }
            spec:
              restartPolicy: OnFailure
              volumes: [{ name: data, emptyDir: {} }]
              containers:
              - name: eats
                image: kip.local/busybox:1
                command: [sh, -c, "[ -e /data/once ] && echo second && exec sleep 9999; touch /data/once; echo first; tail /dev/zero"]
                resources: { limits: { memory: 16Mi } }
                volumeMounts: [{ name: data, mountPath: /data }]
              - name: talks
                image: kip.local/busybox:1
                command: [sh, -c, "seq 5; until [ -e /data/end ]; do sleep 0.1; done; echo last"]
                volumeMounts: [{ name: data, mountPath: /data }]
            """, "apply", "-f", "-")).Succeeded();

        (await Kip.KubectlAsync("wait", "pod/hungry", "--for=jsonpath={.status.containerStatuses[0].lastState.terminated.reason}=OOMKilled", "--timeout=60s"))
            .Succeeded();
        (await Kip.KubectlAsync("wait", "pod/hungry", "--for=condition=Ready", "--timeout=60s")).Succeeded();
        (await LogsAsync("-c", "eats", "--previous")).ShouldBe("first\n");
        // What it writes may come a moment after it runs: as much as a follower is given.
        (await LogsAsync("-c", "eats", "-f", "--limit-bytes=7")).ShouldBe("second\n");
        (await LogsAsync("-c", "talks", "-f", "--limit-bytes=10")).ShouldBe("1\n2\n3\n4\n5\n");
        (await LogsAsync("-c", "talks", "--tail=2")).ShouldBe("4\n5\n");
        (await LogsAsync("-c", "talks", "--since=1h")).ShouldBe("1\n2\n3\n4\n5\n");
        (await LogsAsync("-c", "talks", "--since-time=2999-01-01T00:00:00Z")).ShouldBe("");
        var following = LogsAsync("-c", "talks", "-f", "--tail=1");
        (await Kip.KubectlAsync("exec", "hungry", "-c", "talks", "--", "touch", "/data/end")).Succeeded();
        (await following).ShouldEndWith("last\n");

        (await Kip.KubectlAsync("delete", "pod", "hungry", "--wait", "--grace-period=1")).Succeeded();

        async Task<string> LogsAsync(params string[] arguments) => (await Kip.KubectlAsync(["logs", "hungry", .. arguments])).Succeeded().Output;
    }

    [Fact]
    public async Task A_CSharp_project_is_built_over_a_Debian_base_and_answers()
    {
        RequireRoot();
        await PushAsync(BaseImages.Dotnet().Build(), "dotnet:10");

        (await Kip.KipAsync("deploy", "samples/hello-csharp", "--container", "--base", "kip.local/dotnet:10", "--name", "csharp-image")).Succeeded();

        await AnswersAsync("csharp-image", "Hello from csharp-image-00001");
        (await Kip.KubectlAsync("delete", "ksvc", "csharp-image", "--wait")).Succeeded();
    }

    public void Dispose() => FolderTree.Delete(_folder);

    private async Task<string> CredentialsAsync() => (await Kip.KipAsync("registry", "login", "--print")).Succeeded().Output.Trim();

    private async Task PushAsync(BuiltImage image, string name)
    {
        var layout = image.WriteOciLayout(Path.Combine(_folder, "layout"), "v1");
        (await Command.RunAsync("skopeo",
        [
            "--insecure-policy", "copy", "--dest-tls-verify=false", "--dest-creds", await CredentialsAsync(),
            $"oci:{layout}:v1", $"docker://{Kip.Registry}/{name}",
        ])).Succeeded();
        Directory.Delete(layout, recursive: true);
    }

    private static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("containers need root");
    }

    private async Task AnswersAsync(string service, string text)
    {
        (await Kip.KubectlAsync("wait", $"ksvc/{service}", "--for=condition=Ready", "--timeout=120s")).Succeeded();
        var url = new Uri((await Kip.KubectlAsync("get", "ksvc", service, "-o", "jsonpath={.status.url}")).Succeeded().Output);
        using var client = LoopbackClient.To(Kip.Gateway);
        (await client.GetStringAsync(url)).ShouldContain(text);
    }

    // Awake for an hour after a call, so that its pod is there when somebody looks, however slow the machine.
    private static string Manifest(string name, string image) => $$"""
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: { name: {{name}} }
        spec:
          template:
            metadata: { annotations: { autoscaling.knative.dev/window: 1h } }
            spec: { containers: [{ image: {{image}} }] }
        """;
}
