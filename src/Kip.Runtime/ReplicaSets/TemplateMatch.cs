using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Deployments;

namespace Kip.Runtime.ReplicaSets;

/// <summary>Compares pod templates as Kubernetes does: without the hash that a ReplicaSet adds to its own.</summary>
internal static class TemplateMatch
{
    public static bool Same(PodTemplateSpec one, PodTemplateSpec other) =>
        one.Spec == other.Spec
        && one.Metadata.Annotations == other.Metadata.Annotations
        && Plain(one.Metadata.Labels) == Plain(other.Metadata.Labels);

    private static StringMap Plain(StringMap labels) => labels.Without(TemplateHash.Label);
}
