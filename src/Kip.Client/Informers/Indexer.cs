using Kip.Resources;

namespace Kip.Client.Informers;

/// <summary>An <see cref="ObjectIndex"/> of one kind, by its type.</summary>
internal sealed class Indexer<T>(ObjectIndex objects) : IIndexer<T> where T : Resource, IResource
{
    public T? Get(NamespacedName name) => (T?)objects.Get(name);

    public IReadOnlyCollection<T> List() => (T[])objects.List();

    public IReadOnlyCollection<T> OwnedBy(string uid) => (T[])objects.OwnedBy(uid);

    public IReadOnlyCollection<T> WithLabel(string @namespace, string label, string value) => (T[])objects.WithLabel(@namespace, label, value);
}
