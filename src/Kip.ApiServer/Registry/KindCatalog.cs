using System.Collections.Immutable;
using Kip.ApiServer.CustomResources;
using Kip.ApiServer.Storage;
using Kip.Resources;
using Kip.Resources.ApiExtensions;
using Kip.Rules.CustomResources;

namespace Kip.ApiServer.Registry;

/// <summary>The kinds that are served now: those built in, and those that CustomResourceDefinitions define.</summary>
/// <remarks>
/// Ask it when you need to know and keep no list of your own: kinds come and go. It is made anew when somebody asks and the stored
/// definitions have changed, so a definition serves its kind as soon as the write of it is done. Thread-safe.
/// </remarks>
/// <param name="kinds">Those that are built in and stored.</param>
/// <param name="otherVersions">Versions that are served beside them, see <see cref="KindDefinition.StoredAs"/>.</param>
public sealed class KindCatalog(IReadOnlyList<KindDefinition> kinds, IReadOnlyList<KindDefinition>? otherVersions = null)
{
    /// <summary>The kinds that are built in, and no others.</summary>
    public static readonly KindCatalog BuiltIn = new(Resources.Kinds.All, Resources.Kinds.OtherVersions);

    private readonly Lock _gate = new();
    private readonly Lazy<Dictionary<string, CustomResourceDefinition>> _builtInDefinitions = new(
        () => BuiltInDefinitions.Of(kinds.Concat(otherVersions ?? [])).ToDictionary(static definition => definition.Metadata.Name));
    private readonly Store? _store;
    private readonly Func<KindTable> _definitions = static () => KindTable.Empty;
    private volatile Known _known = new(KindTable.Empty, new(kinds, otherVersions ?? [], []));

    private KindCatalog(KindCatalog builtIn, Store store) : this(builtIn.BuiltInKinds, builtIn.OtherVersions) =>
        (_store, _definitions) = (store, store.Live(CustomResourceDefinition.Definition));

    /// <summary>The kinds as they are stored: each once.</summary>
    public IReadOnlyList<KindDefinition> All => Now.All;

    /// <summary>Every version of every kind; of one group's versions those that clients should prefer first.</summary>
    public IReadOnlyList<KindDefinition> Served => Now.Served;

    internal IReadOnlyList<KindDefinition> BuiltInKinds { get; } = kinds;

    internal IReadOnlyList<KindDefinition> OtherVersions { get; } = otherVersions ?? [];

    /// <summary>The kinds of this moment, for whoever asks more than one question or keeps what was made of the answers.</summary>
    internal KindSnapshot Now
    {
        get
        {
            var known = _known;
            return ReferenceEquals(known.Definitions, _definitions()) ? known.Kinds : Renew();
        }
    }

    /// <summary>The kind of a manifest's <c>apiVersion</c> and <c>kind</c>, as it is stored, or null.</summary>
    public KindDefinition? Find(string apiVersion, string kind) => Now.Find(apiVersion, kind);

    /// <summary>The served version at a path's group, version and plural, or null.</summary>
    public KindDefinition? FindPlural(string group, string version, string plural) => Now.FindPlural(group, version, plural);

    /// <summary>What the definition of a built-in kind says, whoever writes it; null for the definitions of others.</summary>
    internal CustomResourceDefinition? BuiltInDefinition(CustomResourceDefinition definition) =>
        _builtInDefinitions.Value.GetValueOrDefault(definition.Metadata.Name);

    /// <summary>These built-in kinds, and what the definitions in a store define.</summary>
    internal KindCatalog Over(Store store) => new(this, store);

    private KindSnapshot Renew()
    {
        lock (_gate)
        {
            var (before, definitions) = (_known, _definitions());
            if (ReferenceEquals(before.Definitions, definitions)) return before.Kinds;
            var custom = CustomKinds(definitions, before.Kinds.Custom);
            var same = custom.SequenceEqual(before.Kinds.Custom);
            _known = new(definitions, same ? before.Kinds : new(BuiltInKinds, OtherVersions, custom));
            foreach (var gone in before.Kinds.All.Except(_known.Kinds.All)) _store!.Drop(gone);
            return _known.Kinds;
        }
    }

    private ImmutableArray<CustomKind> CustomKinds(KindTable definitions, ImmutableArray<CustomKind> before)
    {
        var known = before.ToDictionary(static kind => kind.Definition.Metadata.Uid!);
        return
        [
            .. definitions.In(null).Cast<CustomResourceDefinition>()
                .Where(definition => DefinitionStatus.IsEstablished(definition) && BuiltInDefinition(definition) is null)
                .Select(definition => Renewed(definition, known.GetValueOrDefault(definition.Metadata.Uid!)))
                .OrderBy(static kind => kind.Stored.Group, StringComparer.Ordinal)
                .ThenBy(static kind => kind.Versions[0].Name, VersionOrder.Preferred),
        ];
    }

    private static CustomKind Renewed(CustomResourceDefinition definition, CustomKind? before) =>
        before is not null && before.Definition.Spec == definition.Spec && before.Definition.Status.AcceptedNames == definition.Status.AcceptedNames
            ? before
            : new CustomKind(definition, before);

    private sealed record Known(KindTable Definitions, KindSnapshot Kinds);
}
