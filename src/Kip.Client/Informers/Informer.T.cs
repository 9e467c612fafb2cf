using Kip.Resources;
using Microsoft.Extensions.Logging;

namespace Kip.Client.Informers;

/// <summary>An <see cref="Informer"/> of a kind, by its type.</summary>
public sealed class Informer<T> : Informer where T : Resource, IResource
{
    internal Informer(IResources resources, TimeProvider time, Func<double> random, ILogger logger)
        : base(T.Definition, static length => new T[length], resources, time, random, logger) => Indexer = new Indexer<T>(Objects);

    public IIndexer<T> Indexer { get; }

    /// <summary>Calls the handler for every change from now on, and first for everything that is there already, as added.</summary>
    /// <returns>Dispose it to be called no more.</returns>
    public IDisposable Subscribe(Action<ResourceChange<T>> handler) => Subscribe((old, now) => handler(new((T?)old, (T?)now)));
}
