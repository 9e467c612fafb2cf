using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.RequestLogs;
using Kip.Testing.Runtime;
using Kip.Tests.Runtime.Pods;
using Shouldly;

namespace Kip.Tests.Runtime.Logs;

/// <summary>The request log of a pod, asked for as its container <c>queue-proxy</c>.</summary>
public class PodRequestLogTests
{
    private static readonly PodLogOptions Asked = new() { Container = "queue-proxy" };

    private static async Task<Pod> ServingPodAsync(RuntimeHarness kip, string name)
    {
        var pod = RuntimeHarness.PodOf(name, await kip.ShellBundleAsync("exec sleep 600"));
        await kip.CreateAsync(pod with { Metadata = pod.Metadata with { Labels = pod.Metadata.Labels.With("serving.knative.dev/revision", "r") } });
        return await kip.WaitForAsync<Pod>(name, static p => p.Status.Phase == "Running");
    }

    // Lines are written behind: who follows sees when they are there.
    private static async Task<string> UntilAsync(RuntimeHarness kip, string pod, string last)
    {
        await using var seen = new UntilText(last);
        await Should.ThrowAsync<OperationCanceledException>(
            kip.Runtime.Logs.CopyToAsync(new("default", pod), Asked with { Follow = true }, seen, seen.Seen));
        return seen.Text;
    }

    [Fact]
    public async Task Each_pod_has_the_lines_of_its_own_requests()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var (one, two) = (await ServingPodAsync(kip, "one"), await ServingPodAsync(kip, "two"));
        kip.Runtime.RequestLogs.IsOn = true;

        kip.Runtime.RequestLogs.Write(one.Key, "GET /1");
        kip.Runtime.RequestLogs.Write(two.Key, "GET /2");
        kip.Runtime.RequestLogs.Write(one.Key, "GET /3");

        (await UntilAsync(kip, "one", "GET /3\n")).ShouldBe("GET /1\nGET /3\n");
        (await UntilAsync(kip, "two", "GET /2\n")).ShouldBe("GET /2\n");
        (await kip.LogAsync("one", Asked with { TailLines = 1 })).ShouldBe("GET /3\n");
        (await kip.LogAsync("one", Asked with { SinceTime = DateTimeOffset.UtcNow.AddDays(1) })).ShouldBeEmpty();
        (await kip.LogAsync("one", new() { Container = "app" })).ShouldBeEmpty("the program itself has written nothing");
    }

    [Fact]
    public async Task Probes_by_HTTP_are_written_while_that_is_asked_for()
    {
        const string Server = """
            import http.server, os
            class Quiet(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(204)
                    self.end_headers()
                def log_message(self, *_): pass
            http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Quiet).serve_forever()
            """;
        await using var kip = await RuntimeHarness.StartAsync();
        kip.Runtime.RequestLogs.IsOn = true;
        kip.Runtime.RequestLogs.Probes = RequestLogTemplate.Parse(
            "{{.Request.Method}} {{.Request.RequestURI}} {{.Request.UserAgent}} {{.Response.Code}} {{.Revision.Name}} {{.Revision.PodName}}", out _);
        var pod = RuntimeHarness.PodOf("one", await kip.ShellBundleAsync("exec python3 main.py", ("main.py", Server)), static c => c with
        {
            Ports = [new ContainerPort { Name = "user-port", ContainerPortNumber = 8080 }],
            ReadinessProbe = new Probe { HttpGet = new HttpGetAction { Path = "/ready?x=1" } },
        });
        await kip.CreateAsync(pod with { Metadata = pod.Metadata with { Labels = StringMap.Of(("serving.knative.dev/revision", "r")) } });
        await kip.WaitForAsync<Pod>("one", static p => p.Status.Phase == "Running");

        (await UntilAsync(kip, "one", "one\n")).ShouldStartWith("GET /ready?x=1 kube-probe/kip 204 r one\n");
    }

    [Fact]
    public async Task Who_follows_sees_the_end_when_the_pod_ends()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var pod = await ServingPodAsync(kip, "one");
        kip.Runtime.RequestLogs.IsOn = true;
        var following = kip.LogAsync("one", Asked with { Follow = true });
        kip.Runtime.RequestLogs.Write(pod.Key, "GET /1");
        await UntilAsync(kip, "one", "GET /1\n");

        await kip.Resources.DeleteAsync<Pod>(pod.Key, CancellationToken.None);

        (await following.WaitAsync(RuntimeHarness.SafetyNet)).ShouldBe("GET /1\n");
        await kip.WaitUntilGoneAsync<Pod>("one");
        kip.Runtime.RequestLogs.Write(pod.Key, "too late");
        var next = await ServingPodAsync(kip, "two");
        kip.Runtime.RequestLogs.Write(next.Key, "GET /2");
        await UntilAsync(kip, "two", "GET /2\n");
        Directory.Exists(Path.Combine(kip.Options.DataDirectory, "pods", pod.Metadata.Uid!)).ShouldBeFalse("nothing is kept for a pod that is gone");
    }

    [Fact]
    public async Task Lines_stay_when_the_log_is_switched_off_and_over_a_restart_of_the_platform()
    {
        var options = RuntimeHarness.NewOptions();
        await using var registry = Kip.ApiServer.Registry.ResourceRegistry.InMemory(TimeProvider.System);
        var first = await RuntimeHarness.StartAsync(options, registry);
        var pod = await ServingPodAsync(first, "one");
        first.Runtime.RequestLogs.IsOn = true;
        first.Runtime.RequestLogs.Write(pod.Key, "GET /1");
        await UntilAsync(first, "one", "GET /1\n");
        first.Runtime.RequestLogs.IsOn = false;
        (await first.LogAsync("one", Asked)).ShouldBe("GET /1\n");
        await first.StopAsync();

        await using var second = await RuntimeHarness.StartAsync(options, registry);
        await second.WaitForAsync<Pod>("one", static p => p.Status.ContainerStatuses is [{ RestartCount: > 0, State.Running: not null }, ..]);
        (await second.LogAsync("one", Asked)).ShouldBe("GET /1\n");
        second.Runtime.RequestLogs.Write(pod.Key, "GET /2");
        (await UntilAsync(second, "one", "GET /2\n")).ShouldBe("GET /1\nGET /2\n");
    }

    [Fact]
    public async Task A_log_that_is_off_says_how_it_is_switched_on_and_other_pods_have_none()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        await ServingPodAsync(kip, "one");
        await kip.CreateAsync(RuntimeHarness.PodOf("plain", await kip.ShellBundleAsync("exec sleep 600")));
        await kip.WaitForAsync<Pod>("plain", static p => p.Status.Phase == "Running");

        (await Should.ThrowAsync<ApiException>(() => kip.LogAsync("one", Asked))).Message.ShouldContain("logging.enable-request-log");
        kip.Runtime.RequestLogs.IsOn = true;
        (await kip.LogAsync("one", Asked)).ShouldBeEmpty();
        (await Should.ThrowAsync<ApiException>(() => kip.LogAsync("one", Asked with { Previous = true }))).Message.ShouldContain("not found");
        (await Should.ThrowAsync<ApiException>(() => kip.LogAsync("plain", Asked))).Message.ShouldBe("container queue-proxy is not valid for pod plain");
    }
}
