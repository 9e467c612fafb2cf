using System.Globalization;
using Kip.Resources;
using Kip.Resources.Apps;

namespace Kip.Runtime.ReplicaSets;

/// <summary>The annotations by which a Deployment and its ReplicaSets tell their history; <c>kubectl rollout</c> reads them.</summary>
internal static class RevisionAnnotations
{
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string History = "deployment.kubernetes.io/revision-history";
    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>The number of a ReplicaSet's rollout; 0 when it has none.</summary>
    public static long RevisionOf(this ReplicaSet set) => Number(set, Revision);

    /// <summary>How many replicas the Deployment wanted when the ReplicaSet was last scaled; null when nobody noted it.</summary>
    public static int? DesiredOf(this ReplicaSet set) => set.Metadata.Annotations.ContainsKey(DesiredReplicas) ? (int)Number(set, DesiredReplicas) : null;

    /// <summary>How many pods there might have been in all when the ReplicaSet was last scaled.</summary>
    public static int MaxOf(this ReplicaSet set) => (int)Number(set, MaxReplicas);

    /// <summary>What the ReplicaSet of the present template carries: the Deployment's annotations, its number, and the numbers it had before.</summary>
    public static StringMap OfCurrent(Deployment deployment, StringMap present, long revision, int desired, int max)
    {
        var annotations = present.With(deployment.Metadata.Annotations.Where(static key => !IsOwn(key)));
        var number = revision.ToString(CultureInfo.InvariantCulture);
        if (present.Get(Revision) is { } before && before != number)
        {
            var history = present.Get(History);
            annotations = annotations.With(History, string.IsNullOrEmpty(history) ? before : $"{history},{before}");
        }
        return Sized(annotations.With(Revision, number), desired, max);
    }

    /// <summary>The annotations with what the Deployment wants now.</summary>
    public static StringMap Sized(StringMap annotations, int desired, int max) => annotations
        .With(DesiredReplicas, desired.ToString(CultureInfo.InvariantCulture))
        .With(MaxReplicas, max.ToString(CultureInfo.InvariantCulture));

    private static bool IsOwn(string key) => key is LastApplied or Revision or History or DesiredReplicas or MaxReplicas;

    private static long Number(ReplicaSet set, string key) =>
        long.TryParse(set.Metadata.Annotations.Get(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
