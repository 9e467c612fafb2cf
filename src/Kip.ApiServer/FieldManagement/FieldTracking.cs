using System.Collections.Concurrent;
using System.Text.Json;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Registry.Metadata;
using Kip.ApiServer.Schema;
using Kip.Resources;

namespace Kip.ApiServer.FieldManagement;

/// <summary>Notes in objects that are about to be stored who set which of their fields.</summary>
/// <remarks>
/// Kip's own writes make no entries in objects that have none, nor for status; see decision 0015. What is compared is the object before
/// admission fills in defaults: those are nobody's.
/// </remarks>
internal static class FieldTracking
{
    private static readonly ConcurrentDictionary<KindDefinition, JsonDocument> Empty = new();

    private static readonly JsonDocument Nothing = JsonDocument.Parse("{}");

    /// <summary>A new object with its first entry.</summary>
    public static Resource OnCreate(Resource prepared, Resource said, FieldWriter? by, DateTimeOffset now)
    {
        if (by is null) return prepared;
        if (by.IsApplied) return With(prepared, said.Metadata.ManagedFields);
        var kind = prepared.GetDefinition();
        using var buffer = new PooledBuffer();
        Write(buffer, kind, prepared);
        using var document = JsonTree.ParseDocument(buffer.Written);
        var change = FieldComparison.Of(EmptyOf(kind), document.RootElement, SchemaBuilder.Of(kind));
        return With(prepared, FieldOwnership.Updated([], change, by, null, now.WholeSeconds()));
    }

    /// <summary>The entries of a changed object.</summary>
    /// <param name="said">What the writer sent: it may hold entries of its own.</param>
    /// <param name="merged">What is to be stored but for defaults.</param>
    public static ValueList<ManagedFieldsEntry> OnUpdate(
        Resource present, Resource said, Resource merged, string? subresource, FieldWriter? by, DateTimeOffset now)
    {
        if (by is { IsApplied: true }) return said.Metadata.ManagedFields;
        var entries = subresource is null ? Chosen(present.Metadata.ManagedFields, said.Metadata.ManagedFields) : present.Metadata.ManagedFields;
        // As long as nobody applies, an object that nobody was noted for stays so.
        if (entries.IsEmpty || merged == present) return entries;
        if (by is null && subresource == "status" && !OwnStatus(entries)) return entries;
        if (FieldOwner.Read(entries) is not { } owners) return present.Metadata.ManagedFields;

        var kind = present.GetDefinition();
        using var buffer = new PooledBuffer();
        Write(buffer, kind, With(present, default));
        var middle = buffer.Length;
        Write(buffer, kind, With(merged, default));
        using var before = JsonTree.ParseDocument(buffer.Written[..middle]);
        using var after = JsonTree.ParseDocument(buffer.Written[middle..]);
        var change = FieldComparison.Of(before.RootElement, after.RootElement, SchemaBuilder.Of(kind));
        return FieldOwnership.Updated(owners, change, by ?? new("kip-controller", kind.ApiVersion), subresource, now.WholeSeconds());
    }

    public static Resource With(Resource resource, ValueList<ManagedFieldsEntry> entries) =>
        entries == resource.Metadata.ManagedFields ? resource : resource with { Metadata = resource.Metadata with { ManagedFields = entries } };

    /// <summary>Whether nothing but times differs: no reason to write an object of which nothing else has changed.</summary>
    public static bool SameButForTimes(ValueList<ManagedFieldsEntry> some, ValueList<ManagedFieldsEntry> others) =>
        some == others || some.Select(Timeless).ToHashSet().SetEquals(others.Select(Timeless));

    /// <summary>What an object of a kind has before anybody set a field.</summary>
    public static JsonElement EmptyOf(KindDefinition kind) =>
        // Kubernetes' own kinds are Go structs, whose empty parts are there from the beginning; custom resources begin with nothing.
        kind.StrategicMerge ? Empty.GetOrAdd(kind, static k => JsonDocument.Parse(k.Write(EmptyObjects.Of(k)))).RootElement : Nothing.RootElement;

    private static void Write(PooledBuffer buffer, KindDefinition kind, Resource resource)
    {
        using var writer = new Utf8JsonWriter(buffer);
        kind.Write(writer, resource);
    }

    // Clients may set entries, as kubectl does when it changes over to server-side apply. Those that know nothing of entries leave them out.
    private static ValueList<ManagedFieldsEntry> Chosen(ValueList<ManagedFieldsEntry> present, ValueList<ManagedFieldsEntry> said)
    {
        if (said.IsEmpty || said == present) return present;
        if (said is [{ IsBlank: true }]) return default;
        return FieldOwner.ReadSaid(said) is { } owners ? FieldOwner.Write(owners) : present;
    }

    private static ManagedFieldsEntry Timeless(ManagedFieldsEntry entry) => entry with { Time = null };

    private static bool OwnStatus(ValueList<ManagedFieldsEntry> entries)
    {
        foreach (var entry in entries)
            if (entry.Subresource == "status") return true;
        return false;
    }
}
