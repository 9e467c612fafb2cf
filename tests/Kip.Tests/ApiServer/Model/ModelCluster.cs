using Kip.ApiServer.Registry.Deletion;
using Kip.Client;
using Kip.Resources;

namespace Kip.Tests.ApiServer.Model;

/// <summary>Kubernetes' semantics in the simplest words: what there is, what a verb answers, and where the server's own loops come to rest.</summary>
/// <remarks>Versions are the server's to choose: the run checks that they grow and enters them here.</remarks>
internal sealed class ModelCluster
{
    public Dictionary<ModelKey, ModelObject> Objects { get; } = [];

    /// <summary>The namespaces, and whether each is being deleted.</summary>
    public Dictionary<string, bool> Spaces { get; } = [];

    public ModelObject? Find(ModelKey key) => Objects.GetValueOrDefault(key);

    /// <summary>What a creation is refused with; 0 when it succeeds.</summary>
    public int Create(ModelKey key) =>
        !Spaces.TryGetValue(key.Space, out var leaving) ? 404
        : leaving ? 403
        : Objects.ContainsKey(key) ? 409
        : 0;

    /// <summary>What an update is refused with; 0 when it succeeds, and then the object is as it will be, or gone.</summary>
    public int Update(ModelKey key, Func<ModelObject, ModelObject> change, bool stale)
    {
        if (Find(key) is not { } present) return 404;
        if (stale) return 409;
        var wanted = change(present);
        if (wanted == present) return 0;
        if (present.Deleting && wanted.Finalizers.Except(present.Finalizers).Any()) return 422;
        var counts = key.Kind == "Deployment" && wanted.Value != present.Value;
        Put(wanted with { Generation = present.Generation + (counts ? 1 : 0) });
        return 0;
    }

    /// <summary>A deletion by policy; null leaves it to the object's finalizers.</summary>
    /// <param name="precondition">False: the caller named another uid or version.</param>
    public int Delete(ModelKey key, string? policy, bool precondition = true)
    {
        if (Find(key) is not { } present) return 404;
        if (!precondition) return 409;
        Put(Marked(present, policy));
        return 0;
    }

    /// <summary>Where garbage collection and the namespaces' life come to rest.</summary>
    public void Settle()
    {
        while (Objects.Values.OrderBy(static o => o.Key.ToString(), StringComparer.Ordinal).Any(Tend) || Spaces.ToArray().Any(Leave))
        {
        }
    }

    // One thing that garbage collection does to an object; false when there is nothing to do.
    private bool Tend(ModelObject o)
    {
        if (!Objects.ContainsKey(o.Key)) return false;
        if (o.IsOrphaning)
        {
            foreach (var dependent in Dependents(o)) Put(Without(dependent, uid => uid == o.Uid));
            Put(o with { Finalizers = Less(o, Finalizers.Orphan) });
            return true;
        }
        if (o.IsWaiting)
        {
            if (Dependents(o).Where(static d => !d.Deleting).Any(Collect)) return true;
            if (Dependents(o).Any(d => d.Owners.Any(owner => owner.Uid == o.Uid && owner.Blocks))) return false;
            Put(o with { Finalizers = Less(o, Finalizers.Foreground) });
            return true;
        }
        return !o.Deleting && Collect(o);
    }

    private bool Collect(ModelObject o)
    {
        var owners = o.Owners.Select(owner => (owner.Uid, Found: Objects.Values.FirstOrDefault(x => x.Uid == owner.Uid && x.Key.Space == o.Key.Space)))
            .ToArray();
        var bad = owners.Where(static x => x.Found is null || x.Found.IsWaiting).ToArray();
        if (bad.Length == 0) return false;
        if (bad.Length < owners.Length) Put(Without(o, uid => bad.Any(b => b.Uid == uid)));
        else
        {
            var foreground = bad.Any(static b => b.Found is not null) && Objects.Values.Any(o.Owns);
            Put(Marked(o, foreground ? PropagationPolicy.Foreground : null));
        }
        return true;
    }

    // A namespace on its way out empties itself, and goes when it is empty.
    private bool Leave(KeyValuePair<string, bool> space)
    {
        if (!space.Value) return false;
        var inside = Objects.Values.Where(o => o.Key.Space == space.Key).ToArray();
        if (inside.Length == 0) return Spaces.Remove(space.Key);
        var staying = inside.Where(static o => !o.Deleting).ToArray();
        foreach (var o in staying) Put(Marked(o, PropagationPolicy.Background));
        return staying.Length > 0;
    }

    private ModelObject[] Dependents(ModelObject owner) => [.. Objects.Values.Where(owner.Owns)];

    private void Put(ModelObject o)
    {
        if (o.IsThrough) Objects.Remove(o.Key);
        else Objects[o.Key] = o;
    }

    private static ModelObject Marked(ModelObject o, string? policy)
    {
        var wanted = policy switch { PropagationPolicy.Foreground => Finalizers.Foreground, PropagationPolicy.Orphan => Finalizers.Orphan, _ => null };
        var kept = policy is null ? o.Finalizers : o.Finalizers.Where(f => f is not (Finalizers.Foreground or Finalizers.Orphan) || f == wanted).ToValueList();
        return o with { Deleting = true, Finalizers = wanted is null || kept.Contains(wanted) ? kept : [.. kept, wanted] };
    }

    private static ModelObject Without(ModelObject o, Func<string, bool> uid) => o with { Owners = o.Owners.Where(owner => !uid(owner.Uid)).ToValueList() };

    private static ValueList<string> Less(ModelObject o, string finalizer) => o.Finalizers.Where(f => f != finalizer).ToValueList();
}
