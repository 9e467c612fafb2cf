using System.Globalization;

namespace Kip.Client.Informers;

/// <summary>Compares resource versions, which are decimal numbers that only grow.</summary>
/// <remarks>Kubernetes promises this order for its own kinds since 1.35; a version of another form compares as "unknown".</remarks>
public static class ResourceVersions
{
    /// <summary>Whether <paramref name="seen"/> is as new as <paramref name="wanted"/>. True when there is no telling.</summary>
    public static bool IsAtLeast(string? seen, string? wanted)
    {
        if (string.IsNullOrEmpty(wanted) || seen == wanted) return true;
        if (!TryParse(wanted, out var target)) return true;
        return TryParse(seen, out var position) && position >= target;
    }

    private static bool TryParse(string? version, out ulong number) =>
        ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
