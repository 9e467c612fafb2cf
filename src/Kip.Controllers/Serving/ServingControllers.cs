using Kip.Client.Images;
using Kip.Client.Loop;

namespace Kip.Controllers.Serving;

/// <summary>The controllers of Serving, without scaling.</summary>
public static class ServingControllers
{
    /// <summary>A fresh set, to be run by a <see cref="ControllerHost"/>; none is shared between hosts.</summary>
    /// <param name="digests">Finds bundles of this machine; null where there are none.</param>
    /// <param name="images">Asks registries; null where nobody can be asked.</param>
    public static IReadOnlyList<IReconciler> Create(IImageDigests? digests = null, IImageResolver? images = null) =>
    [
        new ServiceReconciler(), new ConfigurationReconciler(), new RevisionReconciler(digests, images), new RouteReconciler(),
            new LabelerReconciler(), new GarbageCollectionReconciler(), new DomainMappingReconciler(),
    ];
}
