using Kip.Client.Eventing;
using Kip.Client.Loop;
using Kip.Resources;

namespace Kip.Controllers.Eventing;

/// <summary>Asks the data plane of events about objects. Where there is none in this process, everything counts as served and drained.</summary>
internal static class DataPlane
{
    public static bool TakesEventsFor(IEventDataPlane? dataPlane, Resource resource) => dataPlane?.TakesEventsFor(resource.Metadata.Uid ?? "") ?? true;

    /// <summary>Whether an object is on its way out and has nothing left to deliver.</summary>
    public static bool IsDrained(IEventDataPlane? dataPlane, Resource resource) =>
        resource.Metadata.DeletionTimestamp is not null && (dataPlane?.IsDrained(resource.Metadata.Uid ?? "") ?? true);

    /// <summary>Has objects of a kind looked at when the data plane has something new to say of them.</summary>
    public static void Follow(IEventDataPlane? dataPlane, KindDefinition kind, IWatchBuilder watch)
    {
        if (dataPlane is not null)
            dataPlane.Changed += (changed, key) =>
            {
                if (changed == kind) watch.Enqueue(key);
            };
    }
}
