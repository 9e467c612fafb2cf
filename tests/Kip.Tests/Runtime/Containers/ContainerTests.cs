using System.Net;
using System.Net.Sockets;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime;
using Kip.Runtime.Containers;
using Kip.Testing.Runtime;

namespace Kip.Tests.Runtime.Containers;

/// <summary>What tests of real containers share: a runtime over one busybox image, pods of one shell command, and what is left on the machine.</summary>
public abstract class ContainerTests : IDisposable
{
    private protected BusyboxImages Images { get; } = new();

    private protected TcpListener Gateway { get; } = new(IPAddress.Any, 0);

    public void Dispose()
    {
        Gateway.Dispose();
        Images.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task<RuntimeHarness> StartAsync(
        Func<ContainerOptions, ContainerOptions>? change = null, Func<RuntimeOptions, RuntimeOptions>? options = null)
    {
        Gateway.Start();
        var containers = new ContainerOptions
        {
            Images = () => Images, ServesHost = static host => host == "hello.default.svc.cluster.local",
            ListenForPods = (_, _) => Task.FromResult((IPEndPoint)Gateway.LocalEndpoint),
        };
        var usual = RuntimeHarness.NewOptions() with { Containers = change?.Invoke(containers) ?? containers };
        return RuntimeHarness.StartAsync(options?.Invoke(usual) ?? usual);
    }

    private protected static Pod PodOf(string name, string command, Func<Container, Container>? change = null, Func<PodSpec, PodSpec>? spec = null) =>
        RuntimeHarness.PodOf(
        name, "busybox", c => (change ?? (static c => c))(c with { Command = ["sh", "-c", command] }),
        s => (spec ?? (static s => s))(s with { RestartPolicy = "Never" }));

    private protected static ContainerStatus App(Pod pod) =>
        pod.Status.ContainerStatuses.IsEmpty ? new ContainerStatus { Name = "" } : pod.Status.ContainerStatuses[0];

    private protected static bool IsReady(Pod pod) => pod.Status.Conditions.Any(static c => c.Type == "Ready" && c.Status == "True");

    private protected static bool IsRunning(Pod pod) => App(pod).State?.Running is not null;

    private protected static bool HasEnded(Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";

    /// <summary>Runs a pod to its end.</summary>
    private protected static async Task<(Pod Pod, string Log)> RunAsync(RuntimeHarness kip, Pod pod)
    {
        await kip.CreateAsync(pod);
        var ended = await kip.WaitForAsync<Pod>(pod.Metadata.Name, HasEnded);
        return (ended, await kip.LogAsync(pod.Metadata.Name));
    }

    private protected static async Task<string> NotStartedAsync(RuntimeHarness kip, Pod pod)
    {
        await kip.CreateAsync(pod);
        var seen = await kip.WaitForAsync<Pod>(pod.Metadata.Name, static p => App(p).State?.Waiting?.Message is { Length: > 0 });
        return App(seen).State!.Waiting!.Message!;
    }

    /// <summary>What the platform has on the machine: its cgroups with a pod in them, links, firewall table, processes, folder.</summary>
    private protected static List<string> Traces(RuntimeHarness kip)
    {
        var id = File.ReadAllText(Path.Combine(kip.Options.DataDirectory, "runtime-id")).Trim();
        var traces = new List<string>();
        foreach (var hierarchy in Directory.EnumerateDirectories("/sys/fs/cgroup"))
            if (Directory.Exists($"{hierarchy}/kip-{id[..8]}")) traces.AddRange(Directory.EnumerateDirectories($"{hierarchy}/kip-{id[..8]}"));
        traces.AddRange(Directory.EnumerateFileSystemEntries("/sys/class/net").Select(static l => Path.GetFileName(l)).Where(l => l == $"kip{id[..8]}"));
        traces.AddRange(File.ReadLines("/proc/mounts").Where(l => l.Contains(kip.Options.DataDirectory, StringComparison.Ordinal)));
        if (Directory.Exists($"/run/kip/{id[..8]}")) traces.Add("run");
        return traces;
    }
}
