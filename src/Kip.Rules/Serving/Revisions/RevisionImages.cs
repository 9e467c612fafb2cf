using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;

namespace Kip.Rules.Serving.Revisions;

/// <summary>Which content a Revision's images stand for, found once and kept in its status.</summary>
internal static class RevisionImages
{
    /// <summary>The registry host of bundles that <c>kip deploy</c> built on this machine.</summary>
    public const string BundlePrefix = "kip.local/";

    /// <summary>The status with the digest of every container; or, with a message, why there is none.</summary>
    /// <remarks>
    /// A reference that names a digest passes through. One that names a tag is recorded with an empty digest and runs as written, as Knative does
    /// for the registries in <c>registries-skipping-tag-resolving</c>.
    /// </remarks>
    public static RevisionStatus Resolve(Revision revision, RevisionStatus status, out string? failure)
    {
        failure = null;
        var spec = revision.Spec;
        if (status.ContainerStatuses.Count + status.InitContainerStatuses.Count == spec.Containers.Count + spec.InitContainers.Count) return status;
        foreach (var container in spec.Containers.Concat(spec.InitContainers))
        {
            if (!container.Image.StartsWith(BundlePrefix, StringComparison.Ordinal) || HasDigest(container.Image)) continue;
            failure = $"Unable to fetch image \"{container.Image}\": failed to resolve image to digest: "
                + "a bundle on this machine is named by its digest (kip.local/<name>@sha256:…); run \"kip deploy DIR\" to build one";
            return status;
        }
        return status with { ContainerStatuses = Resolved(spec.Containers), InitContainerStatuses = Resolved(spec.InitContainers) };
    }

    /// <summary>The image to run for a container: by digest where one is known.</summary>
    public static string ImageOf(Container container, ValueList<RevisionContainerStatus> statuses)
    {
        foreach (var status in statuses)
            if (status.Name == container.Name && !string.IsNullOrEmpty(status.ImageDigest)) return status.ImageDigest;
        return container.Image;
    }

    private static ValueList<RevisionContainerStatus> Resolved(ValueList<Container> containers) => containers
        .Select(static c => new RevisionContainerStatus { Name = c.Name, ImageDigest = HasDigest(c.Image) ? c.Image : null })
        .ToValueList();

    private static bool HasDigest(string image) => image.Contains("@sha256:", StringComparison.Ordinal);
}
