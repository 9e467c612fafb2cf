using System.Text;
using System.Text.Json;
using Kip.Client;
using Kip.Resources.Core;

namespace Kip.Conformance.Serving.Runtime;

/// <summary>What only a container has: limits, a user, volumes, siblings.</summary>
internal static class ContainerCases
{
    private const long Memory = 256L << 20;

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("serving/runtime/cgroup", "CPU and memory limits are visible in the cgroup, which cannot be written", "TestMustHaveCgroupConfigured", CgroupAsync),
        new("serving/runtime/user", "runAsUser is the user of the program", "TestMustRunAsUser", UserAsync),
        new("serving/runtime/sysctl", "/proc/sys cannot be written", "TestShouldHaveSysctlReadOnly", SysctlAsync),
        new("serving/api/memory-limit", "A program that takes more memory than its limit is ended, and the Service recovers",
            "TestCustomResourcesLimits", MemoryAsync),
        new("serving/api/multi-container", "Several containers of a pod serve together: one takes the requests, and reaches the other",
            "TestServiceCreateWithMultipleContainers, TestMultiContainer*", SiblingsAsync),
        new("serving/api/volumes", "emptyDir, ConfigMap, Secret and a projection of them are mounted; an init container fills one before the program starts",
            "TestServiceCreateWithEmptyDir, TestConfigMapVolume, TestSecretVolume, TestProjected*, TestInitContainers", VolumesAsync),
    ];

    private static async Task CgroupAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "limited", image: target.ContainerImage,
            container: $$"""resources: { limits: { memory: "{{Memory}}", cpu: 500m } }"""));
        var url = service.Status.Url!;
        // The unified hierarchy, or the older ones side by side.
        var memory = await FirstAsync(target, url, "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes");
        Expect.Equal(Memory.ToString(System.Globalization.CultureInfo.InvariantCulture), memory.Text);
        var cpu = await FirstAsync(target, url,
            "/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us");
        Expect.Equal("50000", cpu.Text.Split(' ')[0]);
        Expect.Equal(403, await WriteAsync(target, url, memory.Path, "max"));
    }

    private static async Task UserAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(
            Workload.Service(target, "somebody", image: target.ContainerImage, container: "securityContext: { runAsUser: 65532 }"));
        var document = JsonDocument.Parse((await target.CallAsync($"{service.Status.Url}/runtime")).Is(200).Body).RootElement;
        var status = document.GetProperty("host").GetProperty("status").GetString()!;
        Expect.That(status.Contains("\nUid:\t65532\t65532", StringComparison.Ordinal), $"the program runs as somebody else: {status}");
    }

    private static async Task SysctlAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "sysctl", image: target.ContainerImage));
        const string Setting = "/proc/sys/net/ipv4/ip_default_ttl";
        var present = await FirstAsync(target, service.Status.Url!, Setting);
        Expect.Equal(403, await WriteAsync(target, service.Status.Url!, Setting, present.Text));
    }

    private static async Task MemoryAsync(ConformanceTarget target)
    {
        // .NET keeps below a container's limit by itself; with a limit of its own above it does not.
        var service = await target.ReadyServiceAsync(Workload.Service(target, "hungry", image: target.ContainerImage,
            annotations: "autoscaling.knative.dev/max-scale: \"1\"", container: $$"""resources: { limits: { memory: "{{Memory}}" } }""",
            environment: """{ name: DOTNET_GCHeapHardLimit, value: "80000000" }"""));
        var url = service.Status.Url!;
        Expect.Equal($"{Workload.Spaceport}\nAllocated 20 MB", (await target.CallAsync($"{url}/?bloat=20")).Is(200).Body);
        // A safe request would be sent again, and end the program each time, before restarts that wait longer and longer.
        using var greedy = new HttpRequestMessage(HttpMethod.Post, $"{url}/?bloat=500");
        Expect.That((await target.SendAsync(greedy)).Status >= 500, "500 MB were given in spite of a limit of 256");
        await target.WaitAllAsync<Pod>("serving.knative.dev/service=hungry",
            static pods => pods.Any(static p => p.Status.ContainerStatuses.Any(static c => c.LastState?.Terminated is { Reason: "OOMKilled", ExitCode: 137 })),
            "told that memory was the reason");
        await target.AnswersAsync(url, Workload.Spaceport);
    }

    private static async Task SiblingsAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(
            $$"""
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: { name: two }
            spec:
              template:
                spec:
                  containers:
                  - { image: {{target.ContainerImage}}, ports: [{ containerPort: 8881 }], env: [{ name: RESPONSE, value: first }] }
                  - { image: {{target.ContainerImage}}, env: [{ name: RESPONSE, value: second }, { name: PORT, value: "8882" }] }
            """);
        Expect.Equal("first", (await target.CallAsync(service.Status.Url!)).Is(200).Body);
        // The sidecar has no probe of its own, so it may come up a little later.
        Answer? last = null;
        var inside = Uri.EscapeDataString("http://127.0.0.1:8882/");
        await target.EventuallyAsync(
            async () => (last = await target.CallAsync($"{service.Status.Url}/call?url={inside}")) is { Status: 200, Body: "200 second" },
            () => $"the one does not reach the other: {last?.Status} {last?.Body}");
    }

    private static async Task VolumesAsync(ConformanceTarget target)
    {
        await target.Resources.PatchAsync(ConfigMap.Definition, new("knative-serving", "config-features"),
            new(PatchContentType.Merge, Encoding.UTF8.GetBytes("""{"data":{"kubernetes.podspec-init-containers":"Enabled"}}""")), target.Deadline);
        await target.ApplyAsync(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: settings }
            data: { greeting: hello }
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: keys }
            stringData: { password: open sesame }
            """);
        var service = await target.ReadyServiceAsync(Mounting(target.ContainerImage));
        var url = service.Status.Url!;
        foreach (var (path, text) in Mounted)
            Expect.Equal(text, (await FirstAsync(target, url, path)).Text);
        Expect.Equal(200, await WriteAsync(target, url, "/v/empty/own", "mine"));
        Expect.Equal("mine", (await FirstAsync(target, url, "/v/empty/own")).Text);
        Expect.Equal(403, await WriteAsync(target, url, "/v/settings/greeting", "bye"));
    }

    private static readonly (string Path, string Text)[] Mounted =
    [
        ("/v/empty/made", "written"), ("/v/settings/greeting", "hello"), ("/v/keys/password", "open sesame"), ("/v/all/greeting", "hello"),
        ("/v/all/secret/password", "open sesame"),
    ];

    private static string Mounting(string image) =>
        $$"""
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: { name: mounts }
        spec:
          template:
            spec:
              initContainers:
              - { image: {{image}}, env: [{ name: WRITE, value: /v/empty/made }], volumeMounts: [{ name: empty, mountPath: /v/empty }] }
              containers:
              - image: {{image}}
                volumeMounts:
                - { name: empty, mountPath: /v/empty }
                - { name: settings, mountPath: /v/settings }
                - { name: keys, mountPath: /v/keys }
                - { name: all, mountPath: /v/all }
              volumes:
              - { name: empty, emptyDir: {} }
              - { name: settings, configMap: { name: settings } }
              - { name: keys, secret: { secretName: keys } }
              - name: all
                projected:
                  sources: [{ configMap: { name: settings } }, { secret: { name: keys, items: [{ key: password, path: secret/password }] } }]
        """;

    private static async Task<(string Path, string Text)> FirstAsync(ConformanceTarget target, string url, params string[] paths)
    {
        foreach (var path in paths)
            if (await target.CallAsync($"{url}/file?path={Uri.EscapeDataString(path)}") is { Status: 200 } answer) return (path, answer.Body.Trim());
        throw new CaseFailedException($"the program cannot read {string.Join(" or ", paths)}");
    }

    private static async Task<int> WriteAsync(ConformanceTarget target, string url, string path, string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{url}/file?path={Uri.EscapeDataString(path)}") { Content = new StringContent(text) };
        return (await target.SendAsync(request)).Status;
    }
}
