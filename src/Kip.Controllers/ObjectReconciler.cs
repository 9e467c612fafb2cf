using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Planning;

namespace Kip.Controllers;

/// <summary>The frame of a reconciler: the object is read from its cache and planned for; what was noted of one that is gone is forgotten.</summary>
public abstract class ObjectReconciler<T> : IReconciler where T : Resource, IResource
{
    public KindDefinition Kind => T.Definition;

    /// <summary>The objects of this kind.</summary>
    protected IIndexer<T> Objects { get; private set; } = null!;

    public void Watch(IWatchBuilder watch)
    {
        Objects = watch.Own<T>();
        WatchOthers(watch);
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        if (Objects.Get(key) is { } seen) return Plan(seen, now);
        Forget(key);
        return Resources.Planning.Plan.Nothing;
    }

    /// <summary>Names what else is read for a plan.</summary>
    protected abstract void WatchOthers(IWatchBuilder watch);

    /// <summary>Gathers the view and asks the planner.</summary>
    protected abstract Plan Plan(T seen, DateTimeOffset now);

    /// <summary>Gives up what was noted for an object that is gone.</summary>
    protected virtual void Forget(NamespacedName key)
    {
    }
}
