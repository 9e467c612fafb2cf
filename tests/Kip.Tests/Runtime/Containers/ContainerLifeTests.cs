using Kip.Client;
using System.Net;
using System.Net.Sockets;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Containers;
using Kip.Testing.Runtime;
using Shouldly;

namespace Kip.Tests.Runtime.Containers;

/// <summary>Real containers of a busybox image, from creation to their end. They need root.</summary>
public sealed class ContainerLifeTests : ContainerTests
{
    [Fact]
    public async Task A_container_has_its_own_processes_address_root_and_few_rights()
    {
        await using var kip = await StartAsync();

        var (pod, log) = await RunAsync(kip, PodOf("look", """
            id -u; hostname; echo $FROM_IMAGE $HOSTNAME; ls /proc | grep -c '^[0-9]*$'; ip -4 -o addr show eth0 | awk '{print $4}'
            grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status; mount -t tmpfs x /mnt 2>&1; cat /etc/resolv.conf; touch /x && echo wrote; exit 7
            """));

        pod.Status.Phase.ShouldBe("Failed");
        App(pod).State!.Terminated.ShouldNotBeNull().ShouldSatisfyAllConditions(static t => t.Message.ShouldBeNull(), static t => t.ExitCode.ShouldBe(7));
        App(pod).ContainerID!.ShouldStartWith("crun://");
        log.ShouldContain("0\nlook\nyes look\n");
        log.ShouldContain($"{pod.Status.PodIP}/20\n");
        log.ShouldContain("CapEff:\t00000000000405fb\nNoNewPrivs:\t1\nSeccomp:\t2\n");
        log.ShouldContain("nameserver ");
        log.ShouldContain("search default.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n");
        log.ShouldContain("wrote\n");
    }

    [Fact]
    public async Task The_kernel_ends_what_takes_more_memory_than_allowed_and_the_status_says_so()
    {
        await using var kip = await StartAsync();

        // tail keeps what has no line end, and so all of it.
        var (pod, _) = await RunAsync(kip, PodOf("hungry", "tail /dev/zero", static c => c with
        {
            Resources = new ResourceRequirements { Limits = StringMap.Of(("memory", "16Mi")) },
        }));

        App(pod).State!.Terminated.ShouldNotBeNull().Reason.ShouldBe("OOMKilled");
        App(pod).State!.Terminated!.ExitCode.ShouldBe(137);
    }

    [Fact]
    public async Task A_fork_bomb_meets_its_limit()
    {
        await using var kip = await StartAsync(static o => o with { PidsLimit = 20 });

        var (pod, log) = await RunAsync(kip, PodOf("bomb", "i=0; while [ $i -lt 100 ]; do sleep 60 & i=$((i+1)); done; echo all"));

        log.ShouldContain("can't fork");
        log.ShouldNotContain("all\n");
        App(pod).State!.Terminated!.ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public async Task Init_containers_run_one_after_the_other_and_hand_their_files_on()
    {
        await using var kip = await StartAsync();
        static Container Writer(string name, string command) => new()
        {
            Name = name, Image = "busybox", Command = ["sh", "-c", command], VolumeMounts = [new VolumeMount { Name = "shared", MountPath = "/shared" }],
        };

        var (pod, log) = await RunAsync(
            kip,
            PodOf("after", "cat /shared/text", static c => c with { VolumeMounts = [new VolumeMount { Name = "shared", MountPath = "/shared" }] },
            static s => s with
            {
                InitContainers = [Writer("first", "sleep 0.2; echo one > /shared/text"), Writer("second", "echo two >> /shared/text")],
                Volumes = [new Volume { Name = "shared", EmptyDir = new RawJson("{}") }],
            }));

        log.ShouldBe("one\ntwo\n");
        pod.Status.InitContainerStatuses.Select(static c => c.State!.Terminated!.Reason).ShouldBe(["Completed", "Completed"]);
        pod.Status.Conditions.First(static c => c.Type == "Initialized").Status.ShouldBe("True");
    }

    [Fact]
    public async Task An_init_container_that_fails_for_good_fails_its_pod()
    {
        await using var kip = await StartAsync();

        await kip.CreateAsync(PodOf("never", "echo ran", spec: static s => s with
        {
            InitContainers = [new Container { Name = "bad", Image = "busybox", Command = ["sh", "-c", "exit 3"] }],
        }));
        var pod = await kip.WaitForAsync<Pod>("never", HasEnded);

        pod.Status.Phase.ShouldBe("Failed");
        pod.Status.Conditions.First(static c => c.Type == "Initialized").Message.ShouldBe("containers with incomplete status: [bad]");
        App(pod).State!.Waiting!.Reason.ShouldBe("PodInitializing");
    }

    [Fact]
    public async Task The_user_is_the_images_or_the_pods_and_named_ones_are_looked_up()
    {
        Images.Config = Images.Config with { User = "web", WorkingDir = "/srv" };
        await using var kip = await StartAsync();

        (await RunAsync(kip, PodOf("web", "id; pwd; echo $HOME"))).Log.ShouldBe("uid=1001(web) gid=1002(web) groups=1003(logs)\n/srv\n/srv\n");
        (await RunAsync(kip, PodOf("other", "id", static c => c with { SecurityContext = new RawJson("""{"runAsUser":77,"runAsGroup":88}""") }))).Log
            .ShouldBe("uid=77 gid=88\n");
        var root = await NotStartedAsync(
            kip, PodOf("root", "id", static c => c with { SecurityContext = new RawJson("""{"runAsUser":0,"runAsNonRoot":true}""") }));
        root.ShouldContain("container has runAsNonRoot and image will run as root");
        (await NotStartedAsync(kip, PodOf("privileged", "id", static c => c with { SecurityContext = new RawJson("""{"privileged":true}""") })))
            .ShouldContain("not supported");
    }

    [Fact]
    public async Task Hooks_are_refused_since_nobody_would_run_them()
    {
        await using var kip = await StartAsync();

        var hooked = PodOf("hooked", "id", static c => c with { Lifecycle = new RawJson("""{"preStop":{"exec":{"command":["id"]}}}""") });

        (await NotStartedAsync(kip, hooked)).ShouldContain("postStart and preStop are not supported");
    }

    [Fact]
    public async Task A_root_that_is_read_only_leaves_tmp_to_be_written()
    {
        await using var kip = await StartAsync();

        var (_, log) = await RunAsync(kip, PodOf("closed", "touch /x || echo no; touch /tmp/x && echo yes; touch /etc/hosts || echo nor hosts",
            static c => c with { SecurityContext = new RawJson("""{"readOnlyRootFilesystem":true}""") }));

        log.ShouldContain("no\nyes\n");
        log.ShouldContain("nor hosts\n");
    }

    [Fact]
    public async Task Names_lead_to_theGateway_and_nothing_else_of_the_machine_is_reached()
    {
        await using var kip = await StartAsync();
        using var other = new TcpListener(IPAddress.Any, 0);
        other.Start();
        _ = AnswerAsync(Gateway);

        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var (_, log) = await RunAsync(kip, PodOf("caller", $$"""
            ask() { printf 'GET / HTTP/1.0\r\n\r\n' | nc -w ${3:-60} $1 $2 2>/dev/null | tail -n 1; }
            gw=$(awk '/nameserver/ {print $2}' /etc/resolv.conf)
            found=$(nslookup -type=a hello.default.svc.cluster.local | awk '/^Address/ {last=$2} END {print last}')
            [ $found = $gw ] && echo found; nslookup -type=a other.default.svc.cluster.local | grep -o NXDOMAIN
            ask $gw 80; ask $gw {{port}}; ask 127.0.0.1 {{port}} || true; ask {{HostAddress()}} {{port}} 3 || true; echo end
            """));

        // The gateway answers at its address whatever the port, also at one on which another program of the machine listens.
        log.ShouldBe("found\nNXDOMAIN\ngateway\ngateway\nend\n");
        other.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task ConfigMaps_and_Secrets_are_files_that_follow_their_objects()
    {
        await using var kip = await StartAsync();
        await kip.Resources.CreateAsync<ConfigMap>(new ConfigMap
        {
            Metadata = new ObjectMeta { Name = "settings", Namespace = "default" }, Data = StringMap.Of(("color", "red"), ("size", "1")),
        }, CancellationToken.None);
        await kip.Resources.CreateAsync<Secret>(new Secret
        {
            Metadata = new ObjectMeta { Name = "key", Namespace = "default" }, Data = StringMap.Of(("token", "czNjcjN0")),
        }, CancellationToken.None);

        await kip.CreateAsync(PodOf("files", """
            exec 2>&1; cat /all/config/color /all/token /all/labels; echo; stat -L -c %a /all/token; cat /one; touch /all/x || echo no
            until grep -q blue /all/config/color; do sleep 0.05; done; echo changed; ls /all/config
            """, static c => c with
        {
            VolumeMounts = [new VolumeMount { Name = "all", MountPath = "/all" }, new VolumeMount { Name = "map", MountPath = "/one", SubPath = "size" }],
        }, static s => s with
        {
            Volumes =
            [
                new Volume { Name = "all", Projected = new RawJson("""
                    {"sources":[{"configMap":{"name":"settings","items":[{"key":"color","path":"config/color"}]}},{"secret":{"name":"key"}},
                    {"downwardAPI":{"items":[{"path":"labels","fieldRef":{"fieldPath":"metadata.labels"}}]}},
                    {"configMap":{"name":"none","optional":true}}],"defaultMode":256}
                    """) },
                new Volume { Name = "map", ConfigMap = new ConfigMapVolumeSource { Name = "settings" } },
            ],
        }));
        await kip.WaitForAsync<Pod>("files", static p => App(p).State?.Running is not null);
        const string Before = "reds3cr3tapp=\"files\"\n400\n1touch: /all/x: Read-only file system\nno\n";
        (await kip.LogAsync("files", new() { Follow = true, LimitBytes = Before.Length })).ShouldBe(Before);
        var map = await kip.Resources.GetAsync<ConfigMap>(new("default", "settings"), CancellationToken.None);
        await kip.Resources.UpdateAsync(map! with { Data = map.Data.With("color", "blue") }, CancellationToken.None);

        var ended = await kip.WaitForAsync<Pod>("files", HasEnded);
        (await kip.LogAsync("files")).ShouldBe(Before + "changed\ncolor\n");
        ended.Status.Phase.ShouldBe("Succeeded");
    }

    [Fact]
    public async Task What_cannot_be_mounted_or_had_is_said()
    {
        await using var kip = await StartAsync();

        (await NotStartedAsync(
            kip,
            PodOf("gone", "true", spec: static s => s with { Volumes = [new Volume { Name = "v", ConfigMap = new ConfigMapVolumeSource { Name = "no" } }] })))
            .ShouldContain("configmap \"no\" not found");
        (await NotStartedAsync(
            kip,
            PodOf("host", "true", spec: static s => s with { Volumes = [new Volume { Name = "v", HostPath = new RawJson("""{"path":"/"}""") }] })))
            .ShouldContain("not supported");
        (await NotStartedAsync(kip, PodOf("image", "true", static c => c with { Image = "missing" }))).ShouldContain("there is no such image");
        await kip.CreateAsync(PodOf("program", "true", static c => c with { Command = ["/no/such"] }));
        var pod = await kip.WaitForAsync<Pod>("program", HasEnded);
        (App(pod).State!.Terminated!.Reason, App(pod).State!.Terminated!.ExitCode).ShouldBe(("StartError", 128));
        App(pod).State!.Terminated!.Message!.ShouldContain("/no/such");
    }

    [Fact]
    public async Task Probes_ask_the_pods_address_and_run_inside_the_container()
    {
        await using var kip = await StartAsync();

        await kip.CreateAsync(PodOf("probed", "mkdir /www; echo hi > /www/index.html; touch /inside; exec httpd -f -p 8080 -h /www", static c => c with
        {
            StartupProbe = new Probe { Exec = new ExecAction { Command = ["test", "-e", "/inside"] }, FailureThreshold = 30 },
            ReadinessProbe = new Probe { HttpGet = new HttpGetAction { Path = "/" } },
        }));
        var pod = await kip.WaitForAsync<Pod>("probed", IsReady);

        pod.Status.PodIP!.ShouldStartWith("10.");
        pod.Metadata.Annotations.ContainsKey("kip.dev/port").ShouldBeFalse();
        using var client = new HttpClient();
        (await client.GetStringAsync(new Uri($"http://{pod.Status.PodIP}:8080/"))).ShouldBe("hi\n");
    }

    [Fact]
    public async Task Fifty_containers_started_at_once_come_up_and_leave_nothing_behind()
    {
        await using var kip = await StartAsync();
        Pod Serving(int number) =>
            PodOf($"many-{number}", "exec httpd -f -p 8080 -h /", static c => c with { ReadinessProbe = new Probe { TcpSocket = new TcpSocketAction() } });

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => kip.CreateAsync(Serving(i))));
        var pods = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => kip.WaitForAsync<Pod>($"many-{i}", IsReady)));
        pods.Select(static p => p.Status.PodIP).Distinct().Count().ShouldBe(50);
        Traces(kip).ShouldNotBeEmpty();
        await Task.WhenAll(pods.Select(p => kip.Resources.DeleteAsync<Pod>(p.Key, CancellationToken.None)));
        await Task.WhenAll(pods.Select(p => kip.WaitUntilGoneAsync<Pod>(p.Metadata.Name)));

        foreach (var pod in pods) Directory.Exists(Path.Combine(kip.Options.DataDirectory, "pods", pod.Metadata.Uid!)).ShouldBeFalse();
        Traces(kip).Where(static t => t.Contains('/', StringComparison.Ordinal)).ShouldBeEmpty();
        await kip.StopAsync();
        Traces(kip).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_pod_that_fills_the_disk_is_evicted()
    {
        await using var kip = await StartAsync(static o => o with { StoragePeriod = TimeSpan.FromMilliseconds(200) });

        await kip.CreateAsync(PodOf("full", "dd if=/dev/zero of=/big bs=1M count=20; sleep 600", static c => c with
        {
            Resources = new ResourceRequirements { Limits = StringMap.Of(("ephemeral-storage", "10Mi")) },
        }));
        var pod = await kip.WaitForAsync<Pod>("full", HasEnded);

        (pod.Status.Phase, pod.Status.Reason).ShouldBe(("Failed", "Evicted"));
        pod.Status.Message.ShouldBe("Container app exceeded its local ephemeral storage limit \"10Mi\".");
    }

    [Fact]
    public async Task A_container_is_asked_to_end_by_its_images_signal_and_says_why_it_ended()
    {
        Images.Config = Images.Config with { StopSignal = "SIGQUIT" };
        await using var kip = await StartAsync();

        await kip.CreateAsync(PodOf("polite", "trap 'echo bye; echo because > /dev/termination-log; exit 0' QUIT; echo up; while true; do sleep 0.05; done"));
        await kip.WaitForAsync<Pod>("polite", static p => App(p).State?.Running is not null);
        (await kip.LogAsync("polite", new() { Follow = true, LimitBytes = 3 })).ShouldBe("up\n");
        var ended = kip.WaitForAsync<Pod>("polite", static p => App(p).State?.Terminated is not null);
        await kip.Resources.DeleteAsync<Pod>(new("default", "polite"), CancellationToken.None);

        App(await ended).State!.Terminated!.ShouldSatisfyAllConditions(static t => t.ExitCode.ShouldBe(0), static t => t.Message.ShouldBe("because\n"));
    }

    private static async Task AnswerAsync(TcpListener gateway)
    {
        while (true)
        {
            try
            {
                using var client = await gateway.AcceptTcpClientAsync();
                var buffer = new byte[4096];
                _ = await client.GetStream().ReadAsync(buffer);
                await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\ngateway\n"u8.ToArray());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                return;
            }
        }
    }

    // The address from which this machine would speak to another; nothing is sent.
    private static string HostAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Parse("203.0.113.1"), 9);
        return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
    }
}
