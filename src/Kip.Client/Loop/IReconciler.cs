using Kip.Resources;
using Kip.Client.Informers;
using Kip.Resources.Planning;

namespace Kip.Client.Loop;

/// <summary>One kind's controller: loads a view from caches and asks a pure planner what to do. The loop does the rest.</summary>
public interface IReconciler
{
    /// <summary>The kind whose keys are reconciled; its name labels the queue.</summary>
    KindDefinition Kind { get; }

    /// <summary>Reads caches, decides. No writes, no waiting: the loop applies the plan, writes the status, requeues.</summary>
    Plan Plan(NamespacedName key, DateTimeOffset now);

    /// <summary>
    /// Called once before the loop starts: names the informers the reconciler reads, and which keys their changes concern.
    /// </summary>
    void Watch(IWatchBuilder watch);

    /// <summary>Told when planning or applying failed, before the key is tried again; the next plan may report it.</summary>
    void Failed(NamespacedName key, Exception why) { }
}

/// <summary>Ties informers to a reconciler's queue.</summary>
public interface IWatchBuilder
{
    /// <summary>A cache of a kind, shared by all who ask for it; its own changes enqueue the object itself.</summary>
    IIndexer<T> Own<T>() where T : Resource, IResource;

    /// <summary>A cache of a kind whose changes enqueue the controller owner, when that is of the reconciler's kind.</summary>
    /// <param name="matters">Whether the reconciler reads anything of what differs between two states of one object. Null: every change counts.</param>
    IIndexer<T> OwnedBy<T>(Func<T, T, bool>? matters = null) where T : Resource, IResource;

    /// <summary>A cache of a kind whose changes enqueue whatever keys the function names.</summary>
    /// <param name="keys">Asked about the object as it was and as it is.</param>
    /// <param name="matters">As for <see cref="OwnedBy"/>; an object that comes or goes always counts.</param>
    IIndexer<T> Related<T>(Func<T, IEnumerable<NamespacedName>> keys, Func<T, T, bool>? matters = null) where T : Resource, IResource;

    /// <summary>Has the reconciler look at a key because of something that no cache shows. May be called at any time, from any thread.</summary>
    void Enqueue(NamespacedName key);
}
