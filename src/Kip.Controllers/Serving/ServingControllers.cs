using Kip.Client.Loop;

namespace Kip.Controllers.Serving;

/// <summary>The controllers of Serving, without scaling.</summary>
public static class ServingControllers
{
    /// <summary>A fresh set, to be run by a <see cref="ControllerHost"/>; none is shared between hosts.</summary>
    public static IReadOnlyList<IReconciler> Create() =>
        [new ServiceReconciler(), new ConfigurationReconciler(), new RevisionReconciler(), new RouteReconciler(), new LabelerReconciler()];
}
