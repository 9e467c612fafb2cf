using Kip.Log;

namespace Kip.ApiServer.Storage;

/// <summary>Where objects are kept, and how much of the past.</summary>
public sealed record StoreOptions
{
    /// <summary>The folder for the log and the snapshots; it is made when missing.</summary>
    /// <value>Null: in memory only, nothing survives the process.</value>
    public string? Directory { get; init; }

    /// <summary>The file with the key that Secrets are encrypted with, outside the folder. Made when it is missing and nothing is encrypted yet.</summary>
    /// <value>Null: Secrets are written as they are.</value>
    public string? KeyFile { get; init; }

    /// <summary>How the log in <see cref="Directory"/> behaves.</summary>
    /// <value>Segments of 16 MiB, so that a snapshot soon frees the log before it; damage is looked for in what is read.</value>
    public LogOptions Log { get; init; } = new() { SegmentBytes = 16 << 20, VerifyAll = false };

    /// <summary>How many changes of each kind a watch may be behind before it has to list again.</summary>
    /// <value>4,096.</value>
    public int HistoryPerKind { get; init; } = 4096;

    /// <summary>How long a change can still be asked for by a watch that begins anew.</summary>
    /// <value>75 s, as Kubernetes' watch cache keeps at least.</value>
    public TimeSpan HistoryAge { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>A snapshot is taken after so many changes, and not before there were twice as many as there are objects.</summary>
    /// <value>5,000.</value>
    public int SnapshotAfter { get; init; } = 5_000;
}
