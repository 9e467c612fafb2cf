using System.Collections.Concurrent;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Revisions;

/// <summary>Remembers of each Revision what its Deployment was made from last, and the hash that it got.</summary>
/// <remarks>
/// A Revision is looked at a dozen times while it is made and at each wake. Making its Deployment to see that it would be the same again was most of that.
/// Keeps one entry of some 200 bytes for each Revision that is there. Safe for several threads.
/// </remarks>
public sealed class KnownDeployments
{
    private readonly ConcurrentDictionary<NamespacedName, Made> _made = new();

    /// <summary>Whether the stored Deployment was made from this Revision as it is now. False also where that is not known.</summary>
    internal bool IsOf(Revision revision, ServingConfig config, Deployment existing) =>
        _made.TryGetValue(revision.Key, out var made) && made.Hash == HashOf(existing) && made.IsFrom(revision, config);

    internal void Remember(Revision revision, ServingConfig config, Deployment made) => _made[revision.Key] = new(
        revision.Metadata.Uid, revision.Metadata.Labels, revision.Metadata.Annotations, revision.Spec, revision.Status.ContainerStatuses, config,
        HashOf(made));

    /// <summary>The Revision is gone.</summary>
    public void Forget(NamespacedName revision) => _made.TryRemove(revision, out _);

    private static string? HashOf(Deployment deployment) => deployment.Metadata.Labels.Get(ServingLabels.DeploymentHash);

    /// <summary>All that <see cref="RevisionDeployment.Make"/> reads, and what came of it.</summary>
    private sealed record Made(
        string? Uid, StringMap Labels, StringMap Annotations, RevisionSpec Spec, ValueList<RevisionContainerStatus> Images, ServingConfig Config,
        string? Hash)
    {
        public bool IsFrom(Revision revision, ServingConfig config) =>
            ReferenceEquals(config, Config) && revision.Metadata.Uid == Uid && revision.Metadata.Labels == Labels
            && revision.Metadata.Annotations == Annotations && revision.Status.ContainerStatuses == Images && revision.Spec == Spec;
    }
}
