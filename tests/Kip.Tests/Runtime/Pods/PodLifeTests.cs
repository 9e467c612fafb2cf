using System.Net.Sockets;
using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Runtime;
using Shouldly;

namespace Kip.Tests.Runtime.Pods;

/// <summary>Real processes, from creation to their end.</summary>
public class PodLifeTests
{
    private const string Server = """
        import os, signal, socket, sys
        signal.signal(signal.SIGTERM, lambda *_: (print("bye", flush=True), sys.exit(0)))
        s = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
        print("up", flush=True)
        while True:
            c, _ = s.accept()
            c.close()
        """;

    private static readonly Probe Tcp = new() { TcpSocket = new TcpSocketAction() };

    private static bool IsReady(Pod pod) => pod.Status.Conditions.Any(static c => c.Type == "Ready" && c.Status == "True");

    private static ContainerStatus App(Pod pod) => pod.Status.ContainerStatuses[0];

    [Fact]
    public async Task A_pod_is_started_on_its_own_port_becomes_ready_and_ends_on_SIGTERM()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync("python3 main.py", ("main.py", Server));

        await kip.CreateAsync(RuntimeHarness.PodOf(
            "web", image, static c => c with { ReadinessProbe = Tcp }, static s => s with { TerminationGracePeriodSeconds = 60 }));
        var pod = await kip.WaitForAsync<Pod>("web", IsReady);

        pod.Spec.NodeName.ShouldBe("test-node");
        pod.Status.Phase.ShouldBe("Running");
        pod.Status.PodIP.ShouldBe("127.0.0.1");
        App(pod).ShouldSatisfyAllConditions(
            static c => c.Ready.ShouldBeTrue(), static c => c.Started.ShouldBe(true), static c => c.RestartCount.ShouldBe(0),
            c => c.ImageID.ShouldBe(image), static c => c.State!.Running.ShouldNotBeNull());
        using (var client = new TcpClient()) await client.ConnectAsync("127.0.0.1", int.Parse(pod.Metadata.Annotations["kip.dev/port"]));

        var ended = kip.WaitForAsync<Pod>("web", static p => p.Status.ContainerStatuses[0].State?.Terminated is not null);
        await kip.Resources.DeleteAsync<Pod>(pod.Key, CancellationToken.None);
        await kip.WaitUntilGoneAsync<Pod>("web");

        App(await ended).State!.Terminated.ShouldNotBeNull().Reason.ShouldBe("Completed");
        Directory.Exists(Path.Combine(kip.Options.DataDirectory, "pods", pod.Metadata.Uid!)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_pod_that_asks_for_more_than_the_machine_has_waits_and_is_never_started()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync("exec sleep 600");
        await kip.CreateAsync(RuntimeHarness.PodOf("huge", image, static c => c with
        {
            Resources = new ResourceRequirements { Requests = StringMap.Of(("cpu", "100000")) },
        }));

        var pod = await kip.WaitForAsync<Pod>("huge", static p => p.Status.Conditions.Any(static c => c.Type == "PodScheduled"));
        var told = await kip.WaitForEventAsync(static e => e.Reason == "FailedScheduling");

        (pod.Status.Phase, pod.Spec.NodeName).ShouldBe(("Pending", null));
        pod.Status.Conditions.ShouldHaveSingleItem().Message.ShouldNotBeNull().ShouldStartWith("0/1 nodes are available: 1 Insufficient cpu.");
        pod.Status.ContainerStatuses.IsEmpty.ShouldBeTrue();
        (told.InvolvedObject.Name, told.Source?.Component, told.Message).ShouldBe(("huge", "default-scheduler", pod.Status.Conditions[0].Message));
        Directory.Exists(Path.Combine(kip.Options.DataDirectory, "pods", pod.Metadata.Uid!)).ShouldBeFalse();

        await kip.Resources.DeleteAsync<Pod>(pod.Key, CancellationToken.None);
        await kip.WaitUntilGoneAsync<Pod>("huge");
    }

    [Fact]
    public async Task A_process_that_dies_makes_its_pod_unready_and_is_restarted_at_once_then_ever_more_slowly()
    {
        // Long enough for the state to be written, and seen, before it is over.
        var backoff = new Backoff(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3));
        await using var kip = await RuntimeHarness.StartAsync(RuntimeHarness.NewOptions() with { CrashBackoff = backoff });
        var image = await kip.ShellBundleAsync("echo run; exit 3");

        await kip.CreateAsync(RuntimeHarness.PodOf("crash", image));
        var pod = await kip.WaitForAsync<Pod>("crash", static p => App(p).State?.Waiting?.Reason == "CrashLoopBackOff");

        App(pod).RestartCount.ShouldBe(1);
        App(pod).State!.Waiting!.Message!.ShouldStartWith("back-off 3s restarting failed container=app pod=crash_default(");
        App(pod).LastState!.Terminated.ShouldNotBeNull().ExitCode.ShouldBe(3);
        App(pod).LastState!.Terminated!.Reason.ShouldBe("Error");
        pod.Status.Phase.ShouldBe("Running");
        IsReady(pod).ShouldBeFalse();
        (await kip.LogAsync("crash", new PodLogOptions { Previous = true })).ShouldBe("run\n");

        await kip.WaitForAsync<Pod>("crash", static p => App(p).RestartCount >= 2);
    }

    [Theory]
    [InlineData("Never", "exit 0", "Succeeded", "Completed", 0)]
    [InlineData("Never", "exit 7", "Failed", "Error", 7)]
    [InlineData("OnFailure", "exit 0", "Succeeded", "Completed", 0)]
    [InlineData("Never", "kill -9 $$", "Failed", "Error", 137)]
    public async Task A_pod_that_is_not_restarted_ends(string policy, string command, string phase, string reason, int code)
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync(command + ";");

        await kip.CreateAsync(RuntimeHarness.PodOf("job", image, null, s => s with { RestartPolicy = policy }));
        var pod = await kip.WaitForAsync<Pod>("job", p => p.Status.Phase == phase);

        App(pod).State!.Terminated.ShouldNotBeNull().Reason.ShouldBe(reason);
        App(pod).State!.Terminated!.ExitCode.ShouldBe(code);
        App(pod).RestartCount.ShouldBe(0);
    }

    [Theory]
    [InlineData("FallbackToLogsOnError", "echo connecting; echo no database >&2; exit 3", "connecting\nno database\n")]
    [InlineData("FallbackToLogsOnError", "echo well; exit 0", null)]
    [InlineData("FallbackToLogsOnError", "exit 3", null)]
    [InlineData("File", "echo no database; exit 3", null)]
    public async Task What_ends_with_an_error_and_without_a_message_is_explained_by_its_log(string policy, string command, string? message)
    {
        await using var kip = await RuntimeHarness.StartAsync();
        // Both outputs in one pipe, so that they keep their order.
        var image = await kip.ShellBundleAsync($"exec 2>&1; {command}");

        await kip.CreateAsync(RuntimeHarness.PodOf(
            "job", image, c => c with { TerminationMessagePolicy = policy }, static s => s with { RestartPolicy = "Never" }));
        var pod = await kip.WaitForAsync<Pod>("job", static p => p.Status.ContainerStatuses is [{ State.Terminated: not null }]);

        App(pod).State!.Terminated!.Message.ShouldBe(message);
    }

    [Fact]
    public async Task Who_sees_that_a_program_has_ended_finds_all_that_it_wrote()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        // What is written last comes from a process that has left the group, when the program itself is gone already.
        var image = await kip.ShellBundleAsync(
            "mkfifo $TMPDIR/apart; setsid sh -c 'echo >$TMPDIR/apart; sleep 0.5; echo last' & echo first; read _ <$TMPDIR/apart; exit 0");

        await kip.CreateAsync(RuntimeHarness.PodOf("job", image, null, static s => s with { RestartPolicy = "Never" }));
        await kip.WaitForAsync<Pod>("job", static p => p.Status.Phase == "Succeeded");

        (await kip.LogAsync("job")).ShouldBe("first\nlast\n");
    }

    [Fact]
    public async Task A_program_that_ignores_SIGTERM_is_killed_with_all_it_started_when_its_grace_period_is_over()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync("trap '' TERM; (setsid sleep 1000 &) ; sleep 1000 & echo $!; wait; sleep 1000");
        await kip.CreateAsync(RuntimeHarness.PodOf("stubborn", image, null, static s => s with { TerminationGracePeriodSeconds = 1 }));
        var pod = await kip.WaitForAsync<Pod>("stubborn", IsReady);
        await LogOfAsync(kip, "stubborn", "\n");

        var ended = kip.WaitForAsync<Pod>("stubborn", static p => p.Status.ContainerStatuses[0].State?.Terminated is not null);
        await kip.Resources.DeleteAsync<Pod>(pod.Key, CancellationToken.None);
        await kip.WaitUntilGoneAsync<Pod>("stubborn");

        App(await ended).State!.Terminated!.ExitCode.ShouldBe(137);
        Kip.Runtime.Recovery.ProcessTable.All()
            .Where(p => Kip.Runtime.Recovery.ProcessTable.HasVariable(p.Pid, "KIP_POD_UID", pod.Metadata.Uid!)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_container_that_fails_its_liveness_probe_is_restarted()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync("touch $TMPDIR/alive; echo up; sleep 1000; true");
        await kip.CreateAsync(RuntimeHarness.PodOf("live", image, static c => c with
        {
            LivenessProbe = new Probe
            {
                Exec = new ExecAction { Command = ["sh", "-c", "test $(ls $TMPDIR | wc -l) = 1; false"] }, PeriodSeconds = 1, FailureThreshold = 1,
            },
        }));

        var pod = await kip.WaitForAsync<Pod>("live", static p => App(p).RestartCount >= 1);

        App(pod).LastState!.Terminated!.Signal.ShouldBe(15);
        App(pod).LastState!.Terminated!.ExitCode.ShouldBe(143);
    }

    [Fact]
    public async Task An_HTTP_readiness_probe_waits_for_a_good_answer()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync("python3 main.py", ("main.py", """
            import os
            from http.server import BaseHTTPRequestHandler, HTTPServer
            answers = [503, 500, 204]
            class H(BaseHTTPRequestHandler):
                def do_GET(self):
                    print(self.path, self.headers["X-Who"], flush=True)
                    self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
                    self.end_headers()
                def log_message(self, *a): pass
            HTTPServer(("127.0.0.1", int(os.environ["PORT"])), H).serve_forever()
            """));
        await kip.CreateAsync(RuntimeHarness.PodOf("http", image, static c => c with
        {
            Ports = [new ContainerPort { Name = "h2", ContainerPortNumber = 8080 }],
            ReadinessProbe = new Probe
            {
                HttpGet = new HttpGetAction { Path = "/up", Port = "h2", HttpHeaders = [new HttpHeader { Name = "X-Who", Value = "kip" }] },
                // An answer that comes late is not asked for a second time.
                TimeoutSeconds = 60,
            },
        }));

        await kip.WaitForAsync<Pod>("http", IsReady);

        (await LogOfAsync(kip, "http", "/up kip\n/up kip\n/up kip\n")).ShouldBe("/up kip\n/up kip\n/up kip\n");
    }

    [Fact]
    public async Task A_startup_probe_holds_back_the_others_and_its_failure_restarts_the_container()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync("sleep 1000");
        await kip.CreateAsync(RuntimeHarness.PodOf("slow", image, static c => c with
        {
            StartupProbe = new Probe { Exec = new ExecAction { Command = ["false"] }, PeriodSeconds = 1, FailureThreshold = 1 },
        }));

        var starting = await kip.WaitForAsync<Pod>("slow", static p => App(p).State?.Running is not null);
        App(starting).Started.ShouldBe(false);
        IsReady(starting).ShouldBeFalse();

        await kip.WaitForAsync<Pod>("slow", static p => App(p).RestartCount >= 1);
    }

    [Theory]
    [InlineData("docker.io/library/nginx", null, "CreateContainerError", "does not run containers")]
    [InlineData("kip.local/gone@sha256:0000000000000000000000000000000000000000000000000000000000000000", null, "ErrImagePull", "build it again")]
    [InlineData("kip.local/gone@sha256:0000000000000000000000000000000000000000000000000000000000000000", "Never", "ErrImageNeverPull", "build it again")]
    public async Task An_image_that_cannot_be_run_is_said_so(string image, string? policy, string reason, string message)
    {
        await using var kip = await RuntimeHarness.StartAsync();

        await kip.CreateAsync(RuntimeHarness.PodOf("image", image, c => c with { ImagePullPolicy = policy }));
        var pod = await kip.WaitForAsync<Pod>("image", p => App(p).State?.Waiting?.Reason == reason);

        App(pod).State!.Waiting!.Message!.ShouldContain(message);
        pod.Status.Phase.ShouldBe("Pending");
        if (reason == "ErrImagePull") await kip.WaitForAsync<Pod>("image", static p => App(p).State?.Waiting?.Reason == "ImagePullBackOff");
    }

    [Fact]
    public async Task A_missing_ConfigMap_is_named_and_the_pod_starts_once_it_is_there()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync("echo $GREETING $NAME; sleep 1000");
        await kip.CreateAsync(RuntimeHarness.PodOf("env", image, static c => c with
        {
            Env =
            [
                new EnvVar { Name = "GREETING", ValueFrom = new EnvVarSource { ConfigMapKeyRef = new KeySelector { Name = "words", Key = "hello" } } },
                new EnvVar { Name = "NAME", ValueFrom = new EnvVarSource { FieldRef = new RawJson("""{"fieldPath":"metadata.name"}""") } },
            ],
        }));
        var held = await kip.WaitForAsync<Pod>("env", static p => App(p).State?.Waiting?.Reason == "CreateContainerConfigError");
        App(held).State!.Waiting!.Message.ShouldBe("configmap \"words\" not found in namespace default");

        await kip.Resources.CreateAsync<ConfigMap>(
            new ConfigMap { Metadata = new() { Name = "words", Namespace = "default" }, Data = StringMap.Of(("hello", "hi")) }, CancellationToken.None);
        await kip.WaitForAsync<Pod>("env", IsReady);

        (await LogOfAsync(kip, "env", "\n")).ShouldBe("hi env\n");
    }

    [Fact]
    public async Task A_pod_that_leaves_is_drained_before_it_is_asked_to_end()
    {
        var gateway = new RecordingDrain();
        await using var kip = await RuntimeHarness.StartAsync(drain: gateway);
        var image = await kip.ShellBundleAsync("python3 main.py", ("main.py", Server));
        await kip.CreateAsync(RuntimeHarness.PodOf(
            "drained", image, static c => c with { ReadinessProbe = Tcp }, static s => s with { TerminationGracePeriodSeconds = 60 }));
        var pod = await kip.WaitForAsync<Pod>("drained", IsReady);
        await LogOfAsync(kip, "drained", "up\n");

        await kip.Resources.DeleteAsync<Pod>(pod.Key, CancellationToken.None);
        await gateway.Asked.Task.WaitAsync(RuntimeHarness.SafetyNet, TestContext.Current.CancellationToken);
        (await kip.LogAsync("drained")).ShouldBe("up\n");
        gateway.Drained.SetResult();

        await kip.WaitUntilGoneAsync<Pod>("drained");
        (await gateway.Asked.Task).ShouldBe((pod.Key, pod.Metadata.Uid!));
    }

    [Fact]
    public async Task A_drain_that_takes_too_long_does_not_hold_up_the_end()
    {
        await using var kip = await RuntimeHarness.StartAsync(drain: new RecordingDrain());
        var image = await kip.ShellBundleAsync("sleep 1000");
        await kip.CreateAsync(RuntimeHarness.PodOf("undrained", image, null, static s => s with { TerminationGracePeriodSeconds = 1 }));
        var pod = await kip.WaitForAsync<Pod>("undrained", IsReady);

        await kip.Resources.DeleteAsync<Pod>(pod.Key, CancellationToken.None);

        await kip.WaitUntilGoneAsync<Pod>("undrained");
        kip.Logs.Lines.ShouldContain(static l => l.Contains("still under way"));
    }

    [Fact]
    public async Task A_pod_that_outlives_its_deadline_is_ended_and_fails()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync("sleep 1000");
        await kip.CreateAsync(RuntimeHarness.PodOf("late", image, null, static s => s with { ActiveDeadlineSeconds = 4 }));

        var pod = await kip.WaitForAsync<Pod>("late", static p => p.Status.Phase == "Failed");

        pod.Status.Reason.ShouldBe("DeadlineExceeded");
        App(pod).State!.Terminated!.Signal.ShouldBe(15);
        await kip.Resources.DeleteAsync<Pod>(pod.Key, CancellationToken.None);
        await kip.WaitUntilGoneAsync<Pod>("late");
    }

    [Fact]
    public async Task A_pod_deleted_by_force_leaves_no_process()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync("trap '' TERM; sleep 1000; true");
        await kip.CreateAsync(RuntimeHarness.PodOf("forced", image));
        var pod = await kip.WaitForAsync<Pod>("forced", IsReady);
        var pid = int.Parse(App(pod).ContainerID!["process://".Length..]);

        await kip.Resources.DeleteAsync(Pod.Definition, pod.Key, new DeleteOptions { GracePeriodSeconds = 0 }, CancellationToken.None);

        await UntilGoneAsync(pid);
    }

    private static async Task UntilGoneAsync(int pid)
    {
        // The kernel tells only a parent; we watch from outside.
        for (var i = 0; i < 1200 && Kip.Runtime.Recovery.ProcessTable.Read(pid) is not null; i++) await Task.Delay(50);
        Kip.Runtime.Recovery.ProcessTable.Read(pid).ShouldBeNull();
    }

    /// <summary>The log as soon as it holds a text.</summary>
    private static async Task<string> LogOfAsync(RuntimeHarness kip, string pod, string until)
    {
        using var follower = new UntilText(until);
        await kip.Runtime.Logs.CopyToAsync(new("default", pod), new PodLogOptions { Follow = true }, follower, follower.Seen)
            .ContinueWith(static _ => { }, TaskScheduler.Default);
        return follower.Text;
    }

    private sealed class RecordingDrain : IPodDrain
    {
        public TaskCompletionSource<(NamespacedName, string)> Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Drained { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task DrainAsync(NamespacedName pod, string uid, CancellationToken cancel)
        {
            Asked.TrySetResult((pod, uid));
            return Drained.Task.WaitAsync(cancel);
        }
    }
}
