using Kip.Client;
using Kip.Images;
using Kip.Images.References;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Serving;

namespace Kip.Host.Platform.Images;

/// <summary>Which images the platform's objects name.</summary>
internal static class ImagesInUse
{
    public static async Task<IReadOnlyList<ImageReference>> ReadAsync(IResources resources, OwnRegistry own, CancellationToken cancel)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var revision in await resources.ListAsync<Revision>(ListOptions.All, cancel))
        {
            foreach (var container in revision.Spec.Containers.Concat(revision.Spec.InitContainers)) names.Add(container.Image);
            foreach (var status in revision.Status.ContainerStatuses.Concat(revision.Status.InitContainerStatuses)) names.Add(status.ImageDigest ?? "");
        }
        foreach (var deployment in await resources.ListAsync<Deployment>(ListOptions.All, cancel)) Add(names, deployment.Spec.Template.Spec);
        foreach (var pod in await resources.ListAsync<Pod>(ListOptions.All, cancel)) Add(names, pod.Spec);
        return [.. names.Select(n => ImageReference.TryParse(n, out var reference) ? own.Canonical(reference) : null).OfType<ImageReference>()];
    }

    private static void Add(HashSet<string> names, PodSpec spec)
    {
        foreach (var container in spec.Containers.Concat(spec.InitContainers)) names.Add(container.Image);
    }
}
