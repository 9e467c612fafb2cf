using System.Net;
using Kip.Client.Pods;
using Kip.Images;
using Kip.Runtime.Networking;

namespace Kip.Runtime.Containers;

/// <summary>Opens the source of images, or answers with the one that is open: what belongs to it comes into memory with its first use.</summary>
public delegate IImageSource ImageSourceOpener();

/// <summary>How containers are run.</summary>
public sealed record ContainerOptions
{
    /// <summary>Where images come from; asked when a container needs one.</summary>
    public required ImageSourceOpener Images { get; init; }

    /// <summary>Makes the gateway listen at an address that pods reach; answers with the port. Called once, when the first container is to run.</summary>
    public required Func<IPAddress, CancellationToken, Task<IPEndPoint>> ListenForPods { get; init; }

    /// <summary>Whether the gateway serves a host such as <c>hello.default.svc.cluster.local</c>: only then the resolver knows it.</summary>
    public required Func<string, bool> ServesHost { get; init; }

    /// <summary>What lets pods talk to the API under their own names.</summary>
    /// <value>Null: they cannot, and tokens in projected volumes are refused.</value>
    public IPodIdentity? Identity { get; init; }

    /// <summary>The pods' addresses.</summary>
    /// <value>Null: chosen once so that it meets no route of the machine, and kept in the data folder.</value>
    public Subnet? PodSubnet { get; init; }

    /// <summary>How many network namespaces stand ready, so that a cold start need not make one.</summary>
    /// <value>8.</value>
    public int PreparedNetworks { get; init; } = 8;

    /// <summary>The OCI runtime by name: <c>crun</c> or <c>runc</c>.</summary>
    /// <value>Null: crun, else runc.</value>
    public string? Runtime { get; init; }

    /// <summary>Processes and threads that one container may have.</summary>
    /// <value>2048.</value>
    public long PidsLimit { get; init; } = 2048;

    /// <summary>Bytes that a pod without an <c>ephemeral-storage</c> limit may write: to its containers' file systems, its emptyDirs and its logs.</summary>
    /// <value>10 GiB.</value>
    public long StorageLimit { get; init; } = 10L << 30;

    /// <summary>Files, folders and links that a pod may make there: each takes room that no count of bytes shows.</summary>
    /// <value>1,000,000.</value>
    public long EntriesLimit { get; init; } = 1_000_000;

    /// <summary>How often the use of the disk is looked at; less often where a look takes long.</summary>
    /// <value>10 s.</value>
    public TimeSpan StoragePeriod { get; init; } = TimeSpan.FromSeconds(10);
}
