using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Revisions;

/// <summary>Which content a Revision's images stand for, found once and kept in its status.</summary>
public static class RevisionImages
{
    /// <summary>The registry host of bundles that <c>kip deploy</c> built on this machine.</summary>
    public const string BundlePrefix = "kip.local/";

    /// <summary>The status with the digest of every container; or, with a message, why there is none.</summary>
    /// <remarks>
    /// A reference that names a digest passes through. A tag of a registry in <c>registries-skipping-tag-resolving</c>, and any tag where
    /// nobody can be asked, is recorded with an empty digest and runs as written. Where a registry was asked and has not answered, the status
    /// stays as it is.
    /// </remarks>
    public static RevisionStatus Resolve(RevisionView seen, RevisionStatus status, out string? failure)
    {
        failure = null;
        var spec = seen.Revision.Spec;
        var digests = seen.Digests;
        if (status.ContainerStatuses.Count + status.InitContainerStatuses.Count == spec.Containers.Count + spec.InitContainers.Count)
            return status;
        foreach (var container in spec.Containers.Concat(spec.InitContainers))
        {
            if (digests.ContainsKey(container.Image) || WhyNot(seen, container.Image) is not { } why) continue;
            failure = $"Unable to fetch image \"{container.Image}\": failed to resolve image to digest: {why}";
            return status;
        }
        return seen.AwaitsDigests ? status : status with
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

    /// <summary>Whether a registry is asked what an image's tag stands for.</summary>
    public static bool AsksRegistry(string image, DeploymentConfig config) =>
        !HasDigest(image) && !config.RegistriesSkippingTagResolving.Contains(RegistryOf(image));

    // As go-containerregistry, which upstream uses, decides it and calls Docker's.
    private static string RegistryOf(string image)
    {
        var slash = image.IndexOf('/');
        var first = slash < 0 ? "" : image[..slash];
        return first.AsSpan().ContainsAny('.', ':') || first == "localhost" ? first : "index.docker.io";
    }

    private static string? WhyNot(RevisionView seen, string image) => seen.DigestFailures.Get(image) ?? (NeedsDigest(image)
        ? "no bundle of that name was built on this machine; run \"kip deploy DIR --name NAME\" to build one, or load or push an image of that name"
        : null);

    private static ValueList<RevisionContainerStatus> Resolved(ValueList<Container> containers, StringMap digests) => containers
        .Select(c => new RevisionContainerStatus { Name = c.Name, ImageDigest = HasDigest(c.Image) ? c.Image : digests.Get(c.Image) })
        .ToValueList();

    private static bool HasDigest(string image) => image.Contains("@sha256:", StringComparison.Ordinal);
}
