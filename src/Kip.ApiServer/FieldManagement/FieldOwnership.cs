using System.Buffers;
using System.Text.Json;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Schema;
using Kip.Resources;

namespace Kip.ApiServer.FieldManagement;

/// <summary>Who owns which field after a write. Pure, and in Kubernetes' semantics (structured-merge-diff).</summary>
internal static class FieldOwnership
{
    /// <summary>Names those who wrote before anybody kept count, once somebody applies.</summary>
    public const string BeforeFirstApply = "before-first-apply";

    // The server's to say, so nobody's to own.
    private static readonly FieldSet Unowned = FieldSet.OfNames(
        "apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace", "metadata.creationTimestamp", "metadata.selfLink", "metadata.uid",
        "metadata.generation", "metadata.managedFields", "metadata.resourceVersion");

    private static readonly FieldSet Status = FieldSet.OfNames("status");

    /// <summary>The owners after an ordinary write: whoever wrote owns what differs, and everybody else has lost it.</summary>
    public static ValueList<ManagedFieldsEntry> Updated(
        IReadOnlyList<FieldOwner> owners, FieldComparison change, FieldWriter by, string? subresource, DateTimeOffset now)
    {
        var taken = Own(change.Set, subresource);
        var touched = change.Set.Union(change.Removed);
        var after = owners.Select(owner => owner.With(owner.Fields.Except(touched))).ToList();
        if (!taken.IsEmpty)
        {
            var self = FieldOwner.Of(by, FieldWriter.Update, subresource);
            var index = after.FindIndex(self.IsSameAs);
            var former = index < 0 ? self : after[index];
            if (index >= 0) after.RemoveAt(index);
            after.Add(former.With(former.Fields.Union(taken)).At(now));
        }
        return FieldOwner.Write(UpdateLimit.Apply(after));
    }

    /// <summary>Applies a configuration.</summary>
    /// <param name="live">The object as it is; of a new one its kind's empty object.</param>
    /// <param name="configuration">What the applier says, without what it may not say.</param>
    public static ApplyOutcome Applied(
        IReadOnlyList<FieldOwner> owners, JsonElement live, JsonElement configuration, SchemaNode schema, FieldWriter by, string? subresource, bool force,
        DateTimeOffset now)
    {
        var self = FieldOwner.Of(by, FieldWriter.Apply, subresource);
        var former = owners.FirstOrDefault(self.IsSameAs);
        var others = owners.Where(owner => !owner.IsSameAs(self)).ToList();
        var claimed = Own(OwnedFields.Of(configuration, schema), subresource);
        var wanted = Pruned(Merged(live, configuration, schema), former, claimed, others, schema);

        using var document = JsonTree.ParseDocument(wanted);
        var change = FieldComparison.Of(live, document.RootElement, schema);
        var conflicts = others
            .Select(owner => new FieldConflict(owner.Entry, owner.Fields.Intersect(change.Set)))
            .Where(static conflict => !conflict.Fields.IsEmpty).ToList();
        if (conflicts.Count > 0 && !force) return new ApplyOutcome.Conflict(conflicts);

        var touched = change.Set.Union(change.Removed);
        var after = others.Select(owner => owner.With(owner.Fields.Except(touched))).ToList();
        var own = (former ?? self).With(claimed);
        own = own with { Entry = own.Entry with { ApiVersion = by.ApiVersion } };
        var isNews = former is null || own != former || !change.IsSame;
        after.Add(isNews ? own.At(now) : own);
        return new ApplyOutcome.Done(wanted, FieldOwner.Write(after));
    }

    /// <summary>The owner of everything that an object had before anybody was noted.</summary>
    public static FieldOwner Before(JsonElement empty, JsonElement live, SchemaNode schema, string apiVersion, DateTimeOffset now)
    {
        var all = Own(FieldComparison.Of(empty, live, schema).Set, null);
        return FieldOwner.Of(new(BeforeFirstApply, apiVersion), FieldWriter.Update, null).With(all).At(now);
    }

    // Through the object itself nobody comes to own its status.
    private static FieldSet Own(FieldSet fields, string? subresource) =>
        (subresource is null ? fields.ExceptBelow(Status) : fields).Except(Unowned);

    private static byte[] Merged(JsonElement live, JsonElement configuration, SchemaNode schema) =>
        Written(writer => ConfigurationMerge.Write(writer, live, configuration, schema));

    // What the applier said last time, no longer says, and nobody else owns, goes.
    private static byte[] Pruned(byte[] merged, FieldOwner? former, FieldSet claimed, List<FieldOwner> others, SchemaNode schema)
    {
        if (former is null) return merged;
        var owned = others.Aggregate(claimed, static (all, owner) => all.Union(owner.Fields));
        var gone = former.Fields.WithNamedParents(schema).Except(owned.WithNamedParents(schema));
        if (gone.IsEmpty) return merged;
        using var document = JsonTree.ParseDocument(merged);
        return Written(writer => FieldRemoval.Write(writer, document.RootElement, gone, schema));
    }

    private static byte[] Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true })) write(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
