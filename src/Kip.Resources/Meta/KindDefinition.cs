using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kip.Resources.Custom;

namespace Kip.Resources;

/// <summary>A kind the API serves: how it is called, where it lives, and how it is read and written.</summary>
public sealed record KindDefinition
{
    /// <summary>Empty for the core group.</summary>
    public required string Group { get; init; }
    public required string Version { get; init; }
    public required string Kind { get; init; }

    /// <summary>The name in paths, e.g. <c>revisions</c>.</summary>
    public required string Plural { get; init; }
    public required string Singular { get; init; }
    public required bool Namespaced { get; init; }
    public ValueList<string> ShortNames { get; init; }
    public ValueList<string> Categories { get; init; }

    /// <summary>Whether there is a <c>/status</c> subresource, and <c>metadata.generation</c> counts changes of the spec.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Whether there is a <c>/scale</c> subresource.</summary>
    public bool HasScale { get; init; }

    /// <summary>Whether strategic merge patches are understood: Kubernetes' own kinds only.</summary>
    public bool StrategicMerge { get; init; }

    /// <summary>How objects of this version are stored as another; null for the version that is stored.</summary>
    public OtherVersion? StoredAs { get; init; }

    /// <summary>The kind as it is stored: this one, or the one of another version.</summary>
    public KindDefinition Stored => StoredAs?.Kind ?? this;

    public required Type ClrType { get; init; }

    /// <summary>How objects are read and written where the record alone does not say it: custom resources.</summary>
    public ResourceFormat? Format { get; init; }

    // Null for a kind that has a format. Made when the first object is read or written: a serialiser loads some hundred types, and most kinds are not in use.
    private JsonTypeInfo? TypeInfo => Format is null ? field ??= WireJson.Options.GetTypeInfo(ClrType) : null;

    /// <summary><c>v1</c> or <c>group/version</c>.</summary>
    public string ApiVersion => field ??= Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>plural.group</c>, or the plural alone in the core group: how messages name the kind.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>Reads an object of this kind from UTF-8 JSON. Unknown fields are dropped.</summary>
    /// <exception cref="JsonException">The text is not JSON or a field has the wrong type.</exception>
    public Resource Read(ReadOnlySpan<byte> json)
    {
        if (TypeInfo is not null) return (Resource)JsonSerializer.Deserialize(json, TypeInfo)!;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = WireJson.MaxDepth });
        return Read(ref reader);
    }

    /// <summary>Reads an object of this kind that begins where the reader is.</summary>
    /// <exception cref="JsonException">The text is not JSON or a field has the wrong type.</exception>
    public Resource Read(ref Utf8JsonReader reader) =>
        TypeInfo is not null ? (Resource)JsonSerializer.Deserialize(ref reader, TypeInfo)! : Format!.Read(this, ref reader);

    /// <summary>Reads an object of this kind and turns it into the version that is stored.</summary>
    /// <exception cref="JsonException">The text is not JSON or a field has the wrong type.</exception>
    public Resource ReadToStore(ReadOnlySpan<byte> json) => StoredAs is { } other ? other.ToStored(Read(json)) : Read(json);

    /// <summary>Writes an object of this kind as UTF-8 JSON; one as it is stored is turned into this version.</summary>
    public byte[] Write(Resource resource)
    {
        if (TypeInfo is not null) return JsonSerializer.SerializeToUtf8Bytes(InThisVersion(resource), TypeInfo);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, resource);
        return buffer.WrittenSpan.ToArray();
    }

    /// <inheritdoc cref="Write(Resource)"/>
    public void Write(Utf8JsonWriter writer, Resource resource)
    {
        if (TypeInfo is not null) JsonSerializer.Serialize(writer, InThisVersion(resource), TypeInfo);
        else Format!.Write(this, writer, InThisVersion(resource));
    }

    private Resource InThisVersion(Resource resource) =>
        StoredAs is { } other && resource.GetDefinition() == other.Kind ? other.FromStored(resource) : resource;

    // A kind is one object for the life of the process; comparing its parts would be wasted work.
    public bool Equals(KindDefinition? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public override string ToString() => QualifiedPlural;
}

/// <summary>How a version is stored as another version of the same kind.</summary>
/// <param name="Kind">The version that is stored.</param>
/// <param name="ToStored">An object of this version as it is stored.</param>
/// <param name="FromStored">A stored object as this version shows it.</param>
public sealed record OtherVersion(KindDefinition Kind, Func<Resource, Resource> ToStored, Func<Resource, Resource> FromStored);
