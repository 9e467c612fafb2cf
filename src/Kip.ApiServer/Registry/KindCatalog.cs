using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>The kinds that are served.</summary>
/// <param name="kinds">Those that are stored.</param>
/// <param name="otherVersions">Versions that are served beside them, see <see cref="KindDefinition.StoredAs"/>.</param>
public sealed class KindCatalog(IReadOnlyList<KindDefinition> kinds, IReadOnlyList<KindDefinition>? otherVersions = null)
{
    /// <summary>The kinds that are built in.</summary>
    public static readonly KindCatalog BuiltIn = new(Resources.Kinds.All, Resources.Kinds.OtherVersions);

    private readonly Dictionary<(string ApiVersion, string Kind), KindDefinition> _byKind =
        kinds.Concat(otherVersions ?? []).ToDictionary(static k => (k.ApiVersion, k.Kind), static k => k.Stored);

    /// <summary>The kinds as they are stored: each once.</summary>
    public IReadOnlyList<KindDefinition> All { get; } = kinds;

    /// <summary>Every version of every kind; of one group's versions those that clients should prefer first.</summary>
    public IReadOnlyList<KindDefinition> Served { get; } = [.. kinds, .. otherVersions ?? []];

    /// <summary>The kind of a manifest's <c>apiVersion</c> and <c>kind</c>, as it is stored, or null.</summary>
    public KindDefinition? Find(string apiVersion, string kind) => _byKind.GetValueOrDefault((apiVersion, kind));

    /// <summary>The served version at a path's group, version and plural, or null.</summary>
    public KindDefinition? FindPlural(string group, string version, string plural) =>
        Served.FirstOrDefault(k => k.Plural == plural && k.Group == group && k.Version == version);
}
