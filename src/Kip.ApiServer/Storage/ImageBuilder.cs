using System.Collections.Immutable;
using Kip.ApiServer.Storage.Encryption;
using Kip.Resources;

namespace Kip.ApiServer.Storage;

/// <summary>Puts an image together from records: a snapshot's objects, or the changes after it.</summary>
internal sealed class ImageBuilder(long version, ulong place)
{
    private readonly Dictionary<KindDefinition, SortedDictionary<NamespacedName, Resource>> _tables = [];
    private long _version = version;

    public ImageBuilder(StoreImage image) : this(image.Version, image.Place)
    {
        foreach (var (kind, table) in image.Tables)
            foreach (var resource in table.In(null)) TableOf(kind)[resource.Key] = resource;
    }

    /// <summary>The journal's place of the latest change taken in.</summary>
    public ulong Place { get; set; } = place;

    /// <exception cref="StoreException">The record is not one, or names a kind that is not known.</exception>
    public void Apply(ReadOnlySpan<byte> record, Func<string, string, KindDefinition?> kindOf, SecretCipher? cipher)
    {
        if (ChangeRecord.IsOpening(record, out var opened))
        {
            _version = Math.Max(_version, opened);
            return;
        }
        var (made, id, resource) = ChangeRecord.Read(record, kindOf, cipher);
        _version = Math.Max(_version, made);
        if (resource is null) TableOf(id.Kind).Remove(id.Name);
        else TableOf(id.Kind)[id.Name] = resource;
    }

    public StoreImage Build() => new(_version, Place, _tables.ToDictionary(static t => t.Key, static t => TableFrom(t.Value.Values)));

    private SortedDictionary<NamespacedName, Resource> TableOf(KindDefinition kind) =>
        _tables.TryGetValue(kind, out var table) ? table : _tables[kind] = new SortedDictionary<NamespacedName, Resource>(ByName);

    private static readonly Comparer<NamespacedName> ByName = Comparer<NamespacedName>.Create(static (a, b) =>
        string.CompareOrdinal(a.Namespace, b.Namespace) is not 0 and var order ? order : string.CompareOrdinal(a.Name, b.Name));

    private static KindTable TableFrom(IEnumerable<Resource> resources)
    {
        var table = KindTable.Empty;
        foreach (var resource in resources) table = table.With(resource);
        return table;
    }
}
