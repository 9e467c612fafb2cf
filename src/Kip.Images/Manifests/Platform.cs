using System.Runtime.InteropServices;

namespace Kip.Images.Manifests;

/// <summary>A kind of machine, as images name it: <c>linux/amd64</c>, <c>linux/arm64/v8</c>.</summary>
public sealed record Platform(string Os, string Architecture, string Variant = "")
{
    /// <summary>The machine that this process runs on.</summary>
    public static Platform Current { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => new("linux", "amd64"),
        System.Runtime.InteropServices.Architecture.Arm64 => new("linux", "arm64", "v8"),
        System.Runtime.InteropServices.Architecture.Arm => new("linux", "arm", "v7"),
        var other => new("linux", other.ToString().ToLowerInvariant()),
    };

    /// <summary>The image of an index that suits this platform best; null when none does.</summary>
    /// <remarks>
    /// The same variant comes first, then none, then one that is no newer. What is for no machine, such as an attestation, is never chosen.
    /// An index with a single entry that names no platform means it for everyone.
    /// </remarks>
    public Descriptor? Choose(IReadOnlyList<Descriptor> manifests)
    {
        if (manifests is [{ Platform: null } only]) return only;
        return manifests
            .Where(m => m.Platform is { } p && p.Os == Os && p.Architecture == Architecture && Rank(p.Variant) >= 0)
            .OrderByDescending(m => Rank(m.Platform!.Variant))
            .FirstOrDefault();
    }

    // Negative: it may use instructions that this machine lacks.
    private int Rank(string? variant)
    {
        if (string.IsNullOrEmpty(variant)) return 50;
        if (variant == Variant) return 100;
        // Every x86-64 processor runs v1; the names of the others are of instruction sets that need not be there.
        if (Architecture == "amd64") return variant == "v1" ? 60 : -1;
        return int.TryParse(variant.AsSpan().TrimStart('v'), out var theirs) && int.TryParse(Variant.AsSpan().TrimStart('v'), out var mine) && theirs <= mine
            ? theirs
            : -1;
    }

    public override string ToString() => Variant.Length == 0 ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}
