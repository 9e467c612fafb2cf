using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;

namespace Kip.Tests.Simulation;

/// <summary>One pod's program, as far as anybody can tell from outside.</summary>
internal sealed class PlayedPod(Pod pod, int limit)
{
    public NamespacedName Key => pod.Key;
    public string Uid => pod.Metadata.Uid!;

    /// <summary>The uid of the revision whose code it runs.</summary>
    public string Revision => pod.Metadata.Labels[ServingLabels.RevisionUid];

    /// <summary>Requests that it may have at a time; 0 for any number.</summary>
    public int Limit => limit;

    /// <summary>Whether it takes connections.</summary>
    public bool IsLive { get; set; }

    /// <summary>Its process has been killed and closes its files: it takes connections yet, and breaks them.</summary>
    public bool IsDying { get; set; }

    /// <summary>It is killed before it takes its first connection.</summary>
    public bool DiesWhileStarting { get; set; }

    /// <summary>Its process is gone for good.</summary>
    public bool IsEnded { get; set; }
    public int Running { get; set; }
    public int Restarts { get; set; }

    /// <summary>Completes when its process breaks down; made anew with each start.</summary>
    public TaskCompletionSource Crash { get; set; } = new();
}
