using System.Collections.Immutable;
using Kip.ApiServer.CustomResources;
using Kip.Resources;
using Kip.Resources.ApiExtensions;

namespace Kip.ApiServer.Registry;

/// <summary>The kinds that are served at one moment. Two snapshots are the same object as long as no kind comes, goes or changes.</summary>
internal sealed class KindSnapshot
{
    private readonly Dictionary<(string ApiVersion, string Kind), KindDefinition> _byKind = [];
    private readonly Dictionary<(string Group, string Version, string Plural), KindDefinition> _byPlural = [];

    public KindSnapshot(
        IReadOnlyList<KindDefinition> builtIn, IReadOnlyList<KindDefinition> otherVersions, ImmutableArray<CustomKind> custom)
    {
        Custom = custom;
        All = [.. builtIn, .. custom.Select(static kind => kind.Stored)];
        Served = [.. builtIn, .. otherVersions, .. custom.SelectMany(static kind => kind.Versions).Where(static v => v.IsServed).Select(static v => v.Kind)];
        DefinedKinds = [CustomResourceDefinition.Definition, .. custom.Select(static kind => kind.Stored)];
        // Names are kept apart when definitions are accepted; should a later kip build in what somebody has defined, its own kind comes first.
        foreach (var kind in Served)
        {
            _byKind.TryAdd((kind.ApiVersion, kind.Kind), kind.Stored);
            _byPlural.TryAdd((kind.Group, kind.Version, kind.Plural), kind);
        }
    }

    /// <summary>The custom kinds that are established, those of a group together.</summary>
    public ImmutableArray<CustomKind> Custom { get; }

    public IReadOnlyList<KindDefinition> All { get; }

    public IReadOnlyList<KindDefinition> Served { get; }

    /// <summary>The kind of definitions, and the kinds that they define.</summary>
    public IReadOnlyList<KindDefinition> DefinedKinds { get; }

    public KindDefinition? Find(string apiVersion, string kind) => _byKind.GetValueOrDefault((apiVersion, kind));

    public KindDefinition? FindPlural(string group, string version, string plural) => _byPlural.GetValueOrDefault((group, version, plural));
}
