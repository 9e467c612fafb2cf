using System.Collections.Immutable;
using Kip.ApiServer.Schema;
using Kip.Resources;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Custom;
using Kip.Rules.CustomResources;

namespace Kip.ApiServer.CustomResources;

/// <summary>A definition as the server serves it. Immutable; when the definition changes, the next one takes over its <see cref="Stored"/>.</summary>
internal sealed class CustomKind
{
    public CustomKind(CustomResourceDefinition definition, CustomKind? before)
    {
        Definition = definition;
        Stored = before?.Stored ?? Define(definition.Spec);
        Versions = [.. definition.Spec.Versions.OrderBy(static v => v.Name, VersionOrder.Preferred).Select(v => new CustomVersion(definition, v, Stored))];
        Storage = Versions.First(static v => v.IsStorage);
        ((StoredFormat)Stored.Format!).Current = this;
    }

    public CustomResourceDefinition Definition { get; }

    /// <summary>The kind as the store knows it: the same for the definition's whole life, whatever becomes of its versions.</summary>
    public KindDefinition Stored { get; }

    /// <summary>All versions, those that clients should prefer first.</summary>
    public ImmutableArray<CustomVersion> Versions { get; }

    public CustomVersion Storage { get; }

    /// <summary>The version of a name, or the stored one when there is none of that name.</summary>
    public CustomVersion Version(string name) => Versions.FirstOrDefault(v => v.Name == name) ?? Storage;

    /// <summary>The custom kind behind a stored or a served kind, or null.</summary>
    public static CustomKind? Of(KindDefinition kind) => (kind.Stored.Format as StoredFormat)?.Current;

    private static KindDefinition Define(CustomResourceDefinitionSpec spec) => new()
    {
        Group = spec.Group, Version = spec.Versions.First(static v => v.Storage).Name, Kind = spec.Names.Kind, Plural = spec.Names.Plural,
        Singular = spec.Names.Singular ?? spec.Names.Kind.ToLowerInvariant(), Namespaced = spec.Scope == "Namespaced", HasStatus = true,
        ClrType = typeof(CustomResource), Format = new StoredFormat(),
    };

    private sealed class StoredFormat : CustomResourceFormat, ISchemaSource
    {
        private volatile CustomKind? _current;

        public CustomKind? Current { get => _current; set => _current = value; }

        public SchemaNode Schema => ((ISchemaSource)Current!.Storage).Schema;

        public override IReadOnlyCollection<string> SelectableFields => [.. Current!.Versions.SelectMany(static v => v.SelectableFields).Distinct()];

        public override bool SeparatesStatus(string version) => Current!.Version(version).Kind.HasStatus;

        protected override string VersionFor(KindDefinition kind, CustomResource resource) => resource.Version;
    }
}
