using System.Collections.Concurrent;
using Kip.ApiServer.Security;
using Kip.Testing.Images;
using Kip.Testing.Kubectl;
using Kip.Testing.Programs;
using Kip.Tests.Functional.Kubectl;

[assembly: AssemblyFixture(typeof(KubectlBed))]

namespace Kip.Tests.Functional.Kubectl;

/// <summary>One running kip for all tests of kubectl's commands, started when the first of them asks; a namespace for each version.</summary>
public sealed class KubectlBed : IAsyncDisposable
{
    /// <summary>A container image with busybox' commands that says "box is up" and serves "hello from a box" on port 8080.</summary>
    public const string Box = "kip.local/box:1";

    private readonly Lazy<Task<KipProgram>> _kip = new(StartAsync);
    private readonly ConcurrentDictionary<string, Lazy<Task<KubectlSession>>> _sessions = [];
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _boxes = [];

    public Task<KipProgram> Kip => _kip.Value;

    /// <summary>A version's session; the same for all tests.</summary>
    public Task<KubectlSession> SessionAsync(string version) => _sessions.GetOrAdd(version, v => new(() => OpenAsync(v))).Value;

    /// <summary>A client of the platform with the administrator's credentials.</summary>
    public async Task<HttpClient> ConnectAsync()
    {
        var kip = await Kip;
        return ApiServerFixture.NewClient(kip.Api, kip.Kubeconfig, KubeconfigWriter.ReadToken(kip.Kubeconfig));
    }

    /// <summary>The name of a pod in the version's namespace whose container <c>box</c> runs <see cref="Box"/>.</summary>
    public Task<string> BoxAsync(string version) => _boxes.GetOrAdd(version, v => new(() => StartBoxAsync(v))).Value;

    public async ValueTask DisposeAsync()
    {
        if (!_kip.IsValueCreated) return;
        // What fails here fails every test there is. One that did not start has failed those that asked for it; whether it ends in time others ask.
        try
        {
            await (await _kip.Value).DisposeAsync();
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"the platform for kubectl's tests: {e.Message}");
        }
    }

    private static async Task<KipProgram> StartAsync()
    {
        var kip = await KipProgram.StartAsync();
        try
        {
            await LoadBoxAsync(kip);
            return kip;
        }
        catch
        {
            await kip.DisposeAsync();
            throw;
        }
    }

    private static async Task LoadBoxAsync(KipProgram kip)
    {
        var archive = Path.Combine(kip.Data, "box.tar");
        new ImageBuild()
            .Layer(BaseImages.BusyboxLayer().Symlink("bin/tar", "busybox").Directory("www").File("www/index.html", "hello from a box\n"))
            .Env("PATH=/bin").Entrypoint("/bin/sh", "-c", "echo box is up; exec busybox httpd -f -p 8080 -h /www").StopSignal("SIGKILL")
            .Build().WriteOciArchive(archive, "box:1");
        (await kip.KipAsync("image", "load", archive, "--name", Box)).Succeeded();
    }

    private async Task<KubectlSession> OpenAsync(string version)
    {
        var kip = await Kip;
        var program = KubectlProgram.Range.Single(p => p.Label == version);
        var space = $"with-{version.Replace('.', '-')}";
        var folder = Directory.CreateDirectory(Path.Combine(kip.Data, space)).FullName;
        var kubeconfig = Path.Combine(folder, "kubeconfig");
        File.Copy(kip.Kubeconfig, kubeconfig);
        var session = new KubectlSession(program, kubeconfig, folder, space);
        await session.DoAsync($"create namespace {space}");
        await session.DoAsync($"config set-context --current --namespace={space}");
        return session;
    }

    private async Task<string> StartBoxAsync(string version)
    {
        var kubectl = await SessionAsync(version);
        await kubectl.DoAsync("apply -f -", $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: box, labels: {app: box} }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: box
                image: {{Box}}
                ports: [ {containerPort: 8080} ]
            """);
        await kubectl.DoAsync("wait pod/box --for=condition=Ready --timeout=120s");
        // Ready says that it runs, not that it has written its line yet.
        using var written = kubectl.Start("logs -f box");
        await KubectlSession.LineAsync(written);
        written.Kill();
        return "box";
    }
}
