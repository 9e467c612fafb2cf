using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Usage;

namespace Kip.Runtime.Nodes;

/// <summary>Describes this machine as a Node.</summary>
internal static class NodeFacts
{
    // Of a block that no machine has (RFC 5737): whoever speaks to it takes the way to everywhere.
    private static readonly IPAddress Elsewhere = IPAddress.Parse("203.0.113.1");

    /// <summary>What the machine has, and all of it is there for pods.</summary>
    /// <param name="mostPods">How many pods may run: each process needs a port.</param>
    public static StringMap Amounts(int mostPods) => StringMap.Of(
        ("cpu", System.Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
        ("memory", $"{MachineMemory.Total / 1024}Ki"),
        ("pods", mostPods.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The Node that pods run on, as it is now.</summary>
    /// <param name="amounts">What it has: <see cref="Amounts"/>.</param>
    /// <param name="version">What is shown as the kubelet's version.</param>
    /// <param name="runtime">What runs pods, e.g. <c>kip://0.1.0</c>.</param>
    public static Node Read(string name, StringMap amounts, string version, string runtime, DateTimeOffset now)
    {
        var architecture = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "amd64",
            Architecture.Arm64 => "arm64",
            var other => other.ToString().ToLowerInvariant(),
        };
        return new Node
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Labels = StringMap.Of(
                    ("kubernetes.io/arch", architecture), ("kubernetes.io/hostname", name), ("kubernetes.io/os", "linux"),
                    ("node-role.kubernetes.io/control-plane", "")),
            },
            Status = new NodeStatus
            {
                Capacity = amounts,
                Allocatable = amounts,
                Conditions = [new NodeCondition
                {
                    Type = "Ready", Status = "True", Reason = "KipReady", Message = "pods are run", LastHeartbeatTime = now, LastTransitionTime = now,
                }],
                Addresses = [.. Addresses().Select(
                    static a => new NodeAddress { Type = "InternalIP", Address = a }), new NodeAddress { Type = "Hostname", Address = name }],
                NodeInfo = new NodeSystemInfo
                {
                    MachineId = Line("/etc/machine-id"), SystemUuid = Line("/etc/machine-id"), BootId = Line("/proc/sys/kernel/random/boot_id"),
                    KernelVersion = Line("/proc/sys/kernel/osrelease"), OsImage = OsName(), ContainerRuntimeVersion = runtime, KubeletVersion = version,
                    KubeProxyVersion = version, OperatingSystem = "linux", Architecture = architecture,
                },
            },
        };
    }

    // Where others on the network would reach it: from where this machine would speak to them. Nothing is sent. Interfaces are not listed for it,
    // since .NET's list fails when one comes or goes meanwhile, as those of pods do.
    private static IEnumerable<string> Addresses()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(new IPEndPoint(Elsewhere, 9));
            return [((IPEndPoint)socket.LocalEndPoint!).Address.ToString()];
        }
        catch (SocketException)
        {
            // A machine without a network has loopback.
            return ["127.0.0.1"];
        }
    }

    private static string Line(string file) => File.Exists(file) ? File.ReadLines(file).FirstOrDefault("") : "";

    private static string OsName()
    {
        const string name = "PRETTY_NAME=";
        const string file = "/etc/os-release";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(static l => l.StartsWith(name, StringComparison.Ordinal)) : null;
        return line is null ? "Linux" : line[name.Length..].Trim('"');
    }
}
