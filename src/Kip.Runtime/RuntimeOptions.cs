using Kip.Client;
using Kip.Resources;
using Kip.Runtime.Containers;
using Kip.Runtime.Logs;

namespace Kip.Runtime;

/// <summary>Where and how pods run on this machine.</summary>
public sealed record RuntimeOptions
{
    /// <summary>The platform's data folder: bundles, logs and temporary files of pods are below it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The name pods carry in <c>spec.nodeName</c>; pods of other nodes are left alone.</summary>
    /// <value><c>kip</c>, whatever the machine is called: a data folder may be moved to another.</value>
    public string NodeName { get; init; } = "kip";

    /// <summary>Variables that every process gets unless its container says otherwise, e.g. the proxy by which it reaches the platform's names.</summary>
    public StringMap Environment { get; init; }

    /// <summary>How containers are run.</summary>
    /// <value>Null: only bundles run, as processes.</value>
    public ContainerOptions? Containers { get; init; }

    /// <summary>The first port given to a pod.</summary>
    /// <value>20000: below the range from which Linux takes the ports of outgoing connections.</value>
    public int FirstPort { get; init; } = 20000;

    /// <summary>How many ports there are to give, and so how many pods with a port can run at once.</summary>
    /// <value>10000.</value>
    public int PortCount { get; init; } = 10000;

    /// <summary>Wait before a container that ended is started again; the first time it is started at once.</summary>
    /// <value>10 s doubling to 5 minutes, as the kubelet.</value>
    public Backoff CrashBackoff { get; init; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));

    /// <summary>A container that ran so long starts its backoff anew.</summary>
    /// <value>10 minutes, as the kubelet.</value>
    public TimeSpan CrashBackoffReset { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Wait before an image or configuration that could not be had is looked for again.</summary>
    /// <value>1 s doubling to 30 s: looking costs nothing on one machine.</value>
    public Backoff SetupBackoff { get; init; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    /// <summary>A log file is replaced when it reaches this size; one older one is kept.</summary>
    /// <value>10 MiB, as the kubelet.</value>
    public int LogMaxBytes { get; init; } = ContainerLog.DefaultMaxBytes;

    /// <summary>Longest time pods get to end when the platform stops, whatever their own grace period says.</summary>
    /// <value>30 s.</value>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(30);
}
