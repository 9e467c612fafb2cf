namespace Kip.Runtime.Containers;

/// <summary>What the platform calls its own on the machine: each name carries its id, so that several platforms do not meet and leftovers are known.</summary>
/// <param name="runtimeId">The data folder's id.</param>
internal sealed record PlatformNames(string runtimeId)
{
    private string Short => runtimeId[..8];

    public string Cgroup => $"kip-{Short}";

    /// <summary>At most 15 characters, as the kernel wants.</summary>
    public string Bridge => $"kip{Short}";

    public string LinkPrefix => $"k{runtimeId[..6]}-";

    public string Table => $"kip_{Short}";

    /// <summary>What lives no longer than the machine's uptime.</summary>
    public string RunFolder => $"/run/kip/{Short}";
}
