using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;

namespace Kip.Rules.Serving.Revisions;

/// <summary>Which content a Revision's images stand for, found once and kept in its status.</summary>
public static class RevisionImages
{
    /// <summary>The registry host of bundles that <c>kip deploy</c> built on this machine.</summary>
    public const string BundlePrefix = "kip.local/";

    /// <summary>The status with the digest of every container; or, with a message, why there is none.</summary>
    /// <remarks>
    /// A reference that names a digest passes through. One that names a tag is recorded with an empty digest and runs as written, as
    /// Knative does for the registries in <c>registries-skipping-tag-resolving</c>.
    /// </remarks>
    /// <param name="digests">For images of this machine that name no digest: the reference that does, as far as one is known.</param>
    public static RevisionStatus Resolve(Revision revision, RevisionStatus status, StringMap digests, out string? failure)
    {
        failure = null;
        var spec = revision.Spec;
        if (status.ContainerStatuses.Count + status.InitContainerStatuses.Count == spec.Containers.Count + spec.InitContainers.Count)
            return status;
        foreach (var container in spec.Containers.Concat(spec.InitContainers))
        {
            if (!NeedsDigest(container.Image) || digests.ContainsKey(container.Image)) continue;
            failure = $"Unable to fetch image \"{container.Image}\": failed to resolve image to digest: "
                + "no bundle of that name was built on this machine; run \"kip deploy DIR --name NAME\" to build one";
            return status;
        }
        return status with
        {
            ContainerStatuses = Resolved(spec.Containers, digests), InitContainerStatuses = Resolved(spec.InitContainers, digests),
        };
    }

    /// <summary>The image to run for a container: by digest where one is known.</summary>
    public static string ImageOf(Container container, ValueList<RevisionContainerStatus> statuses)
    {
        foreach (var status in statuses)
            if (status.Name == container.Name && !string.IsNullOrEmpty(status.ImageDigest)) return status.ImageDigest;
        return container.Image;
    }

    /// <summary>Whether an image is a bundle of this machine that is named without saying which content.</summary>
    public static bool NeedsDigest(string image) => image.StartsWith(BundlePrefix, StringComparison.Ordinal) && !HasDigest(image);

    private static ValueList<RevisionContainerStatus> Resolved(ValueList<Container> containers, StringMap digests) => containers
        .Select(c => new RevisionContainerStatus { Name = c.Name, ImageDigest = HasDigest(c.Image) ? c.Image : digests.Get(c.Image) })
        .ToValueList();

    private static bool HasDigest(string image) => image.Contains("@sha256:", StringComparison.Ordinal);
}
