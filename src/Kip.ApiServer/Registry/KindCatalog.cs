using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>The kinds that are served.</summary>
public sealed class KindCatalog(IReadOnlyList<KindDefinition> kinds)
{
    /// <summary>The kinds that are built in.</summary>
    public static readonly KindCatalog BuiltIn = new(Resources.Kinds.All);

    private readonly Dictionary<(string ApiVersion, string Kind), KindDefinition> _byKind = kinds.ToDictionary(static k => (k.ApiVersion, k.Kind));

    public IReadOnlyList<KindDefinition> All { get; } = kinds;

    /// <summary>The kind of a manifest's <c>apiVersion</c> and <c>kind</c>, or null.</summary>
    public KindDefinition? Find(string apiVersion, string kind) => _byKind.GetValueOrDefault((apiVersion, kind));

    /// <summary>The kind at a path's group, version and plural, or null.</summary>
    public KindDefinition? FindPlural(string group, string version, string plural) =>
        All.FirstOrDefault(k => k.Plural == plural && k.Group == group && k.Version == version);
}
