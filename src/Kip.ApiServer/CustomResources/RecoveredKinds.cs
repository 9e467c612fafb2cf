using Kip.ApiServer.Registry;
using Kip.ApiServer.Storage;
using Kip.Resources;
using Kip.Resources.Custom;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.CustomResources;

/// <summary>
/// Stands in for custom kinds while a store is read back: an object may come before the definition of its kind. Afterwards the objects are
/// given to their kinds.
/// </summary>
internal sealed partial class RecoveredKinds(KindCatalog builtIn)
{
    private readonly Dictionary<(string Group, string Kind), KindDefinition> _standIns = [];

    /// <summary>The kind of an <c>apiVersion</c> and <c>kind</c>: a built-in one, a stand-in, or null for what cannot be custom.</summary>
    public KindDefinition? Find(string apiVersion, string kind)
    {
        if (builtIn.Find(apiVersion, kind) is { } known) return known;
        // Groups of definitions have a domain's name; those without a dot are Kubernetes' own.
        if (apiVersion.Split('/') is not [var group, var version] || !group.Contains('.', StringComparison.Ordinal)) return null;
        if (_standIns.TryGetValue((group, kind), out var made)) return made;
        return _standIns[(group, kind)] = CustomResourceFormat.Define(group, version, kind, kind.ToLowerInvariant(), namespaced: true);
    }

    /// <summary>Hands the objects read back to the kinds that are defined.</summary>
    /// <exception cref="StoreException">Nothing defines the kind of some object, and nothing was lost: a newer kip wrote it.</exception>
    public void Bind(Store store, IEnumerable<CustomKind> kinds, ILogger logger)
    {
        foreach (var kind in kinds)
            if (_standIns.Remove((kind.Stored.Group, kind.Stored.Kind), out var standIn))
                store.Rebind(standIn, kind.Stored, resource => Bound(kind, (CustomResource)resource));
        foreach (var orphaned in _standIns.Values)
            if (store.Read(orphaned).Table.Count is > 0 and var count) Tell(store, orphaned, count, logger);
    }

    // Objects whose definition was lost to damage are kept: they are there again when the definition is, and kip starts anew.
    private static void Tell(Store store, KindDefinition orphaned, int count, ILogger logger)
    {
        if (store.Recovered is not { Damaged.IsEmpty: false })
            throw new StoreException(
                $"the log holds {count} objects of kind {orphaned.Kind} in {orphaned.ApiVersion}, which this kip does not know: use the newer kip "
                + "that wrote them");
        LogOrphans(logger, count, orphaned.Kind, orphaned.Group);
    }

    private static CustomResource Bound(CustomKind kind, CustomResource resource) =>
        kind.Version(resource.Version).Shaped(resource with { Definition = kind.Stored });

    [LoggerMessage(EventId = 3201, Level = LogLevel.Error,
        Message = "{Count} objects of kind {Kind} in {Group} have lost their CustomResourceDefinition to damage: apply it again and restart kip, "
            + "they are kept until then")]
    private static partial void LogOrphans(ILogger logger, int count, string kind, string group);
}
