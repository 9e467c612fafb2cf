using Kip.Client;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Rules.Scheduling;
using Kip.Runtime.Bundles;
using Kip.Runtime.Ports;
using Kip.Runtime.Probes;
using Kip.Runtime.Processes;
using Kip.Runtime.Recovery;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Pods;

/// <summary>What all pods of this machine share.</summary>
internal sealed record PodHost
{
    /// <summary>How long to wait before a write that failed is tried again.</summary>
    public static readonly Backoff WriteRetry = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));

    public required RuntimeOptions Options { get; init; }
    public required InformerSet Informers { get; init; }
    public required IResources Resources { get; init; }
    public required ProcessSpawner Spawner { get; init; }
    public required Prober Prober { get; init; }
    public required PortWatch PortWatch { get; init; }
    public StartTimes StartTimes { get; } = new();

    /// <summary>Told of each answer to a probe by HTTP. Null: nobody wants to know.</summary>
    public Action<ProbeTarget, HttpGetAction, ProbeAnswer, TimeSpan>? ProbeHeard { get; init; }

    public required BundleStore Bundles { get; init; }
    public required PortAllocator Ports { get; init; }
    public required ProcessMarks Marks { get; init; }

    /// <summary>What this machine has for pods.</summary>
    public required NodeRoom Room { get; init; }
    public LeftoverSweep Leftovers { get; } = new();
    public required EventRecorder Events { get; init; }
    public required IPodDrain? Drain { get; init; }

    /// <summary>Makes the place where a pod's containers run; what it is given is called when the pod uses more than it may, with what.</summary>
    public required Func<PodHost, Pod, Action<string>, IPodSandbox> NewSandbox { get; init; }
    public required TimeProvider Time { get; init; }
    public required ILogger Logger { get; init; }

    public string FolderOf(Pod pod) => Path.Combine(Path.GetFullPath(Options.DataDirectory), "pods", pod.Metadata.Uid ?? pod.Metadata.Name);

    /// <summary>Tells people about a pod, off the path of the work.</summary>
    /// <param name="component">Whose part in Kubernetes it is to say so.</param>
    public void Warn(Pod pod, string reason, string message, string component = "kubelet") =>
        Events.Record(new Edit.Record(pod, "Warning", reason, message), component);
}
