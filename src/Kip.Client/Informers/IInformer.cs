using Kip.Resources;

namespace Kip.Client.Informers;

/// <summary>An informer as the loop needs it, whatever its kind.</summary>
internal interface IInformer
{
    KindDefinition Kind { get; }

    Resource? Get(NamespacedName name);

    IEnumerable<NamespacedName> Keys();

    /// <summary>Whether a write of this object that gave this version is in the cache, or overtaken by a later one.</summary>
    bool HasSeen(NamespacedName name, string version);

    Task WaitForSyncAsync(CancellationToken cancel);

    /// <summary>Lists and watches until cancelled. Never throws.</summary>
    Task RunAsync(CancellationToken cancel);
}
