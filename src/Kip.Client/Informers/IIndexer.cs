using Kip.Resources;

namespace Kip.Client.Informers;

/// <summary>A cache's present content, kept up to date by its informer. Reads never wait.</summary>
public interface IIndexer<T> where T : Resource, IResource
{
    /// <summary>One object, or null.</summary>
    T? Get(NamespacedName name);

    /// <summary>All objects, in no order.</summary>
    IReadOnlyCollection<T> List();

    /// <summary>The objects whose controller owner has this uid.</summary>
    IReadOnlyCollection<T> OwnedBy(string uid);

    /// <summary>The objects in a namespace that carry this label with this value.</summary>
    IReadOnlyCollection<T> WithLabel(string @namespace, string label, string value);
}
