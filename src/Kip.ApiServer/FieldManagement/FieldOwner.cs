using Kip.Resources;

namespace Kip.ApiServer.FieldManagement;

/// <summary>An entry of the managed fields, with its fields decoded.</summary>
internal sealed record FieldOwner(ManagedFieldsEntry Entry, FieldSet Fields)
{
    private const string FieldsType = "FieldsV1";

    public bool IsApplier => Entry.Operation == FieldWriter.Apply;

    /// <summary>An owner of nothing yet.</summary>
    public static FieldOwner Of(FieldWriter writer, string operation, string? subresource) => new(
        new()
        {
            Manager = writer.Manager.Length == 0 ? FieldWriter.Unknown : writer.Manager, Operation = operation, ApiVersion = writer.ApiVersion,
            FieldsType = FieldsType, Subresource = string.IsNullOrEmpty(subresource) ? null : subresource,
        },
        FieldSet.Empty);

    /// <summary>The owners of an object; null when an entry cannot be understood.</summary>
    public static List<FieldOwner>? Read(ValueList<ManagedFieldsEntry> entries)
    {
        var owners = new List<FieldOwner>(entries.Count);
        foreach (var entry in entries)
        {
            if (entry.Operation is not (FieldWriter.Apply or FieldWriter.Update) || entry.FieldsType is not FieldsType) return null;
            if (entry.FieldsV1 is null || FieldSetJson.Read(entry.FieldsV1) is not { } fields) return null;
            var owner = new FieldOwner(entry, fields);
            // Two entries of one writer are one.
            var same = owners.FindIndex(owner.IsSameAs);
            if (same < 0) owners.Add(owner);
            else owners[same] = owners[same].With(owners[same].Fields.Union(fields));
        }
        return owners;
    }

    /// <summary>Whether both are one writer. An applier stays the same when it changes to another version.</summary>
    public bool IsSameAs(FieldOwner other) =>
        Entry.Manager == other.Entry.Manager && Entry.Operation == other.Entry.Operation && (Entry.Subresource ?? "") == (other.Entry.Subresource ?? "")
        && (IsApplier || Entry.ApiVersion == other.Entry.ApiVersion);

    /// <summary>The same writer with other fields.</summary>
    public FieldOwner With(FieldSet fields) =>
        fields.Equals(Fields) && Entry.FieldsV1 is not null ? this : new(Entry with { FieldsV1 = FieldSetJson.Write(fields) }, fields);

    public FieldOwner At(DateTimeOffset time) => this with { Entry = Entry with { Time = time } };

    /// <summary>The owners as an object carries them: those of nothing left out, in Kubernetes' order.</summary>
    public static ValueList<ManagedFieldsEntry> Write(IEnumerable<FieldOwner> owners) => owners
        .Where(static owner => !owner.Fields.IsEmpty)
        .Select(static owner => owner.Entry)
        .OrderBy(static entry => entry.Operation, StringComparer.Ordinal)
        .ThenBy(static entry => entry.Time ?? DateTimeOffset.MinValue)
        .ThenBy(static entry => entry.Manager, StringComparer.Ordinal)
        .ThenBy(static entry => entry.ApiVersion, StringComparer.Ordinal)
        .ThenBy(static entry => entry.Subresource, StringComparer.Ordinal)
        .ToValueList();
}
