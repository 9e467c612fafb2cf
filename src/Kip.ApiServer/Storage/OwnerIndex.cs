using Kip.Resources;

namespace Kip.ApiServer.Storage;

/// <summary>Which objects name an owner, by the owner's uid. Its owner locks.</summary>
internal sealed class OwnerIndex
{
    // Most owners have one or two dependents, so an array is smaller than any set.
    private readonly Dictionary<string, ObjectId[]> _dependents = [];

    public ObjectId[] DependentsOf(string uid) => _dependents.GetValueOrDefault(uid, []);

    public void Apply(Resource? before, Resource? after)
    {
        if (before is not null && after is not null && before.Metadata.OwnerReferences == after.Metadata.OwnerReferences) return;
        if (before is not null)
            foreach (var owner in before.Metadata.OwnerReferences) Remove(owner.Uid, ObjectId.Of(before));
        if (after is not null)
            foreach (var owner in after.Metadata.OwnerReferences) Add(owner.Uid, ObjectId.Of(after));
    }

    private void Add(string uid, ObjectId dependent)
    {
        var others = DependentsOf(uid);
        if (!others.Contains(dependent)) _dependents[uid] = [.. others, dependent];
    }

    private void Remove(string uid, ObjectId dependent)
    {
        var rest = Array.FindAll(DependentsOf(uid), other => other != dependent);
        if (rest.Length == 0) _dependents.Remove(uid);
        else _dependents[uid] = rest;
    }
}
