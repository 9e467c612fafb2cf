using System.Collections.Frozen;

namespace Kip.Traffic.Http;

/// <summary>The headers that Knative's parts use among themselves. A client cannot set them, an application does not see them.</summary>
/// <remarks>
/// <c>Knative-Serving-Tag</c> and <c>Knative-Serving-Default-Route</c> are not among them: clients choose a tag with the first,
/// and the application sees both.
/// </remarks>
internal static class InternalHeaders
{
    public const string OriginalHost = "K-Original-Host";
    public const string NetworkProbe = "K-Network-Probe";
    public const string NetworkHash = "K-Network-Hash";

    private static readonly FrozenSet<string> Stripped = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        OriginalHost, NetworkProbe, NetworkHash, "Knative-Serving-Revision", "Knative-Serving-Namespace", "K-Proxy-Request",
        "K-Passthrough-Lb", "K-Kubelet-Probe");

    public static bool IsStripped(string name) =>
        name.Length > 2 && (name[0] | 0x20) == 'k' && (name[1] is '-' or 'n' or 'N') && Stripped.Contains(name);
}
