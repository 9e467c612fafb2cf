namespace Kip.Images.Registry;

/// <summary>The limits of Kip's own registry.</summary>
public sealed record RegistryOptions
{
    /// <value>32 GiB.</value>
    public long MaxBlobBytes { get; init; } = 32L << 30;

    /// <summary>Uploads under way; one more is answered 429.</summary>
    /// <value>100.</value>
    public int MaxUploads { get; init; } = 100;

    /// <summary>How long an upload that nothing comes for is kept.</summary>
    /// <value>1 hour.</value>
    public TimeSpan UploadLife { get; init; } = TimeSpan.FromHours(1);
}
