using Kip.Resources;

namespace Kip.Runtime.Containers.Spec;

/// <summary>Everything that is decided about a container before it is started; an OCI runtime specification is written from it.</summary>
public sealed record ContainerPlan
{
    /// <summary>The folder that is its root.</summary>
    public required string Root { get; init; }
    public required bool ReadOnlyRoot { get; init; }
    public required string Hostname { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required ValueList<string> Arguments { get; init; }
    public required StringMap Environment { get; init; }
    public required string WorkingDirectory { get; init; }
    public required ImageUser User { get; init; }
    public required bool Terminal { get; init; }
    public required IReadOnlyList<string> Capabilities { get; init; }
    public required bool NoNewPrivileges { get; init; }

    /// <summary>The seccomp profile as JSON. Null: all system calls.</summary>
    public required string? Seccomp { get; init; }
    /// <summary>The same profile as crun compiled it for another container, in base64: half of a start's time is saved. Null: it is compiled.</summary>
    public string? CompiledSeccomp { get; init; }
    public required ResourceLimits Limits { get; init; }

    /// <summary>How many files a process may have open.</summary>
    public required long OpenFiles { get; init; }

    /// <summary>Its cgroup, from each hierarchy's root.</summary>
    public required string Cgroup { get; init; }

    /// <summary>The network namespace that it shares with its pod, as a file.</summary>
    public required string NetworkNamespace { get; init; }

    /// <summary>What is mounted besides the standard mounts, parents before children.</summary>
    public required IReadOnlyList<PlannedMount> Mounts { get; init; }
}

/// <summary>Something to be mounted in a container.</summary>
/// <param name="Target">Where, in the container.</param>
/// <param name="Source">The file or folder of this machine; null for a fresh tmpfs.</param>
/// <param name="ReadOnly">Nothing can be changed there.</param>
/// <param name="Size">Bytes of a tmpfs.</param>
public sealed record PlannedMount(string Target, string? Source, bool ReadOnly, long? Size = null);
