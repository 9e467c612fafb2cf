using System.Net;

namespace Kip.Images.Registry;

/// <summary>How Kip's own registry listens, and its limits.</summary>
public sealed record RegistryOptions
{
    /// <summary>Where it listens; port 0 picks a free one.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>Whether a free port is taken when the one asked for is in use: so it is for the usual port, which was nobody's choice.</summary>
    public bool MayMove { get; init; }

    /// <value>32 GiB.</value>
    public long MaxBlobBytes { get; init; } = 32L << 30;

    /// <summary>Uploads under way; one more is answered 429.</summary>
    /// <value>100.</value>
    public int MaxUploads { get; init; } = 100;

    /// <summary>How long an upload that nothing comes for is kept.</summary>
    /// <value>1 hour.</value>
    public TimeSpan UploadLife { get; init; } = TimeSpan.FromHours(1);
}
