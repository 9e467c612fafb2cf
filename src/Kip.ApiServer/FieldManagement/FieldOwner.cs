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
            Manager = writer.Manager.Length == 0 ? FieldWriter.Unknown : SharedText.Of(writer.Manager),
            Operation = operation,
            ApiVersion = SharedText.Of(writer.ApiVersion),
            FieldsType = FieldsType,
            Subresource = string.IsNullOrEmpty(subresource) ? null : SharedText.Of(subresource),
        },
        FieldSet.Empty);

    /// <summary>The owners that a stored object names; null when an entry cannot be understood.</summary>
    public static List<FieldOwner>? Read(ValueList<ManagedFieldsEntry> entries) => Read(entries, isOurs: true);

    /// <summary>The owners that a client names, as they are to be stored; null when an entry cannot be understood.</summary>
    public static List<FieldOwner>? ReadSaid(ValueList<ManagedFieldsEntry> entries) => Read(entries, isOurs: false)?
        .ConvertAll(static owner => owner with { Entry = owner.Entry with { FieldsV1 = FieldSetJson.Write(owner.Fields) } });

    private static List<FieldOwner>? Read(ValueList<ManagedFieldsEntry> entries, bool isOurs)
    {
        var owners = new List<FieldOwner>(entries.Count);
        var places = new Dictionary<(string?, string, string, string?), int>();
        foreach (var entry in entries)
        {
            if (entry.Operation is not (FieldWriter.Apply or FieldWriter.Update) || entry.FieldsType is not FieldsType) return null;
            if (entry.FieldsV1 is null || FieldSetJson.Read(entry.FieldsV1, isOurs) is not { } fields) return null;
            var owner = new FieldOwner(entry, fields);
            // Two entries of one writer are one.
            if (places.TryAdd(owner.Identity, owners.Count)) owners.Add(owner);
            else if (places[owner.Identity] is var at) owners[at] = owners[at].With(owners[at].Fields.Union(fields));
        }
        return owners;
    }

    /// <summary>Whether both are one writer.</summary>
    public bool IsSameAs(FieldOwner other) => Identity == other.Identity;

    // An applier stays the same when it changes to another version.
    private (string? Manager, string Operation, string Subresource, string? ApiVersion) Identity =>
        (Entry.Manager, Entry.Operation ?? "", Entry.Subresource ?? "", IsApplier ? null : Entry.ApiVersion);

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
