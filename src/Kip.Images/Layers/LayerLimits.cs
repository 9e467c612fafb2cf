namespace Kip.Images.Layers;

/// <summary>How much a layer may unpack to; beyond it the layer is refused and nothing of it is kept.</summary>
public sealed record LayerLimits
{
    public static LayerLimits Default { get; } = new();

    /// <value>16 GiB: more than the largest images in common use.</value>
    public long MaxBytes { get; init; } = 16L << 30;

    /// <value>1,000,000 files, directories and links.</value>
    public int MaxEntries { get; init; } = 1_000_000;

    /// <summary>How many times larger than its compressed form a layer may be, once it is larger than <see cref="RatioFrom"/>.</summary>
    /// <value>200; programs and texts reach 20.</value>
    public int MaxRatio { get; init; } = 200;

    /// <value>256 MiB: less than that harms nobody, however it was compressed.</value>
    public long RatioFrom { get; init; } = 256L << 20;

    /// <summary>What must stay free on the disk.</summary>
    /// <value>512 MiB.</value>
    public long MinFreeBytes { get; init; } = 512L << 20;
}
