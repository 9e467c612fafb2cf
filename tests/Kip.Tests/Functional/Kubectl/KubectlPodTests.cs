using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.Functional.Kubectl;

/// <summary>logs, exec, attach, cp, port-forward, top, debug.</summary>
public sealed class KubectlPodTests(KubectlBed bed)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryKubectl]
    public async Task Logs_with_every_flag(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var pod = await bed.BoxAsync(version);

        (await kubectl.DoAsync($"logs {pod}")).ShouldBe("box is up\n");
        (await kubectl.DoAsync($"logs pod/{pod} -c box --tail=1 --since=1h --limit-bytes=3")).ShouldBe("box");
        (await kubectl.DoAsync($"logs {pod} --timestamps --since-time=2020-01-01T00:00:00Z")).ShouldMatch(@"^\d{4}-\d\d-\d\dT[^ ]+ box is up\n$");
        (await kubectl.DoAsync("logs -l app=box --prefix --all-containers")).ShouldBe("[pod/box/box] box is up\n");
        (await kubectl.RefusedAsync($"logs {pod} --previous")).ShouldContain("previous terminated container");
        (await kubectl.RefusedAsync($"logs {pod} -c nobody")).ShouldContain("container nobody is not valid for pod box");
        using var follow = kubectl.Start($"logs -f {pod}");
        (await KubectlSession.LineAsync(follow)).ShouldBe("box is up");
        follow.Kill();
    }

    [Theory, EveryKubectl]
    public async Task Exec_passes_input_output_and_the_exit_code(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var pod = await bed.BoxAsync(version);

        (await kubectl.DoAsync($"exec {pod} -- echo hello")).ShouldBe("hello\n");
        (await kubectl.DoAsync($"exec -i {pod} -c box -- cat", "through and back")).ShouldBe("through and back");
        (await kubectl.TryAsync($"exec {pod} -- sh -c 'echo no >&2; exit 7'")).ShouldSatisfyAllConditions(
            static r => r.ExitCode.ShouldBe(7), static r => r.Error.ShouldContain("no\n"), static r => r.Error.ShouldContain("exit code 7"));
        (await kubectl.RefusedAsync($"exec {pod} -- nobody")).ShouldNotBeEmpty();
        (await kubectl.RefusedAsync("exec nobody -- true")).ShouldContain("pods \"nobody\" not found");
    }

    [Theory, EveryKubectl]
    public async Task Cp_copies_both_ways(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var pod = await bed.BoxAsync(version);
        kubectl.File("there.txt", new string('x', 100_000));

        await kubectl.DoAsync($"cp there.txt {pod}:/tmp/there.txt");
        await kubectl.DoAsync($"cp {pod}:/tmp/there.txt back.txt");

        (await File.ReadAllTextAsync(Path.Combine(kubectl.Folder, "back.txt"), Cancel)).Length.ShouldBe(100_000);
    }

    [Theory, EveryKubectl]
    public async Task Attach_reaches_the_running_program(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("apply -f -", $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: attached}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: "{{KubectlBed.Box}}"
                command: [sh, -c, "while read line; do echo got $line; done; sleep 1000"]
                stdin: true
                stdinOnce: true
            """);
        await kubectl.DoAsync("wait pod/attached --for=condition=Ready --timeout=120s");

        using var attach = kubectl.Start("attach -i attached -c main");
        try
        {
            await attach.StandardInput.WriteLineAsync("words");
            await attach.StandardInput.FlushAsync(Cancel);
            string? line;
            do line = await KubectlSession.LineAsync(attach);
            while (line is not null && line != "got words");
            line.ShouldBe("got words");
        }
        finally
        {
            attach.Kill();
            await kubectl.DoAsync("delete pod attached --now --wait=false");
        }
    }

    [Theory, EveryKubectl]
    public async Task Port_forward_reaches_a_port_of_the_pod(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var pod = await bed.BoxAsync(version);
        using var forward = kubectl.Start($"port-forward pod/{pod} :8080");
        try
        {
            var said = await KubectlSession.LineAsync(forward);
            if (said is null)
            {
                Assert.Fail(await forward.StandardError.ReadToEndAsync(Cancel));
            }
            using var http = new HttpClient();
            var address = said.Split(' ')[2];
            (await http.GetStringAsync($"http://{address}/", Cancel)).ShouldBe("hello from a box\n");
            (await http.GetStringAsync($"http://{address}/", Cancel)).ShouldBe("hello from a box\n");
        }
        finally
        {
            forward.Kill();
        }
    }

    [Theory, EveryKubectl]
    public async Task Top_shows_pods_and_the_node(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var pod = await bed.BoxAsync(version);
        await kubectl.DoAsync($"get --raw /apis/metrics.k8s.io/v1beta1/namespaces/{kubectl.Namespace}/pods");

        (await kubectl.DoAsync("top nodes")).ShouldContain("kip");
        (await kubectl.DoAsync("top pods -A --no-headers")).ShouldContain(pod);
        (await kubectl.DoAsync($"top pod {pod} --containers")).ShouldContain("box");
    }

    [Theory, EveryKubectl]
    public async Task Debug_is_refused(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var pod = await bed.BoxAsync(version);

        (await kubectl.RefusedAsync($"debug {pod} --image={KubectlBed.Box} -- true")).ShouldContain("ephemeral containers");
    }

    [Theory, EveryKubectl]
    public async Task Nodes_take_no_marks_that_would_do_nothing(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var node = (await kubectl.DoAsync("get nodes -o name")).Trim();

        (await kubectl.DoAsync($"describe {node}")).ShouldContain("Ready");
        // Some versions of kubectl say that it failed, and end as if it had not.
        (await kubectl.TryAsync($"cordon {node}")).Error.ShouldContain("this is the only node");
        (await kubectl.TryAsync("taint nodes kip a=b:NoSchedule")).Error.ShouldContain("only node");
        (await kubectl.TryAsync($"drain {node} --force --pod-selector=app=nobody")).Error.ShouldContain("only node");
    }
}
