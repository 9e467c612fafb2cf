using System.Text.Json;

namespace Kip.Resources.Custom;

/// <summary>Reads and writes <see cref="CustomResource"/>s as they are, with every field they have.</summary>
public class CustomResourceFormat : ResourceFormat
{
    /// <summary>A kind with this format, its names as discovery or a definition tells them.</summary>
    public static KindDefinition Define(string group, string version, string kind, string plural, bool namespaced) => new()
    {
        Group = group, Version = version, Kind = kind, Plural = plural, Singular = kind.ToLowerInvariant(), Namespaced = namespaced, HasStatus = true,
        ClrType = typeof(CustomResource), Format = new CustomResourceFormat(),
    };

    public override Resource Read(KindDefinition kind, ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return Read(kind, document.RootElement);
    }

    /// <inheritdoc cref="Read(KindDefinition, ref Utf8JsonReader)"/>
    public static CustomResource Read(KindDefinition kind, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) throw new JsonException($"expected an object, found {body.ValueKind}");
        try
        {
            return new CustomResource
            {
                Definition = kind.Stored,
                Version = VersionOf(body) is { } version && version != kind.Version ? version : kind.Version,
                Metadata = body.TryGetProperty("metadata"u8, out var metadata) ? metadata.Deserialize(WireJson.Of<ObjectMeta>())! : ObjectMeta.Empty,
                Content = CompactJson.Written(body, WriteContent),
                Status = body.TryGetProperty("status"u8, out var status) && status.ValueKind != JsonValueKind.Null ? CompactJson.Canonical(status) : null,
            };
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("invalid character in string: a surrogate without its other half");
        }
    }

    public override void Write(KindDefinition kind, Utf8JsonWriter writer, Resource resource)
    {
        var custom = (CustomResource)resource;
        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, kind.Group.Length == 0 ? VersionFor(kind, custom) : $"{kind.Group}/{VersionFor(kind, custom)}");
        writer.WriteString("kind"u8, kind.Kind);
        writer.WritePropertyName("metadata"u8);
        JsonSerializer.Serialize(writer, custom.Metadata, WireJson.Of<ObjectMeta>());
        WriteMembers(writer, custom);
        writer.WriteEndObject();
    }

    /// <summary>Writes what an object has beside its metadata, as members of the object that is open.</summary>
    internal static void WriteMembers(Utf8JsonWriter writer, CustomResource custom)
    {
        WriteMembers(writer, custom.Content.Utf8.Span);
        if (custom.Status is not { } status) return;
        writer.WritePropertyName("status"u8);
        writer.WriteRawValue(status.Utf8.Span, skipInputValidation: true);
    }

    /// <summary>The version that is written down: the kind's own.</summary>
    protected virtual string VersionFor(KindDefinition kind, CustomResource resource) => kind.Version;

    private static string? VersionOf(JsonElement body) =>
        body.TryGetProperty("apiVersion"u8, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } text
        && text.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? text[(slash + 1)..] : null;

    private static void WriteContent(Utf8JsonWriter writer, JsonElement body)
    {
        writer.WriteStartObject();
        foreach (var (name, member) in CanonicalJson.Sorted(body))
        {
            if (name is "apiVersion" or "kind" or "metadata" or "status") continue;
            writer.WritePropertyName(name);
            CanonicalJson.Write(writer, member);
        }
        writer.WriteEndObject();
    }

    // The content's members are copied as they are; only where each ends must be found.
    private static void WriteMembers(Utf8JsonWriter writer, ReadOnlySpan<byte> content)
    {
        var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = WireJson.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            writer.WritePropertyName(reader.GetString()!);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            writer.WriteRawValue(content[start..(int)reader.BytesConsumed], skipInputValidation: true);
        }
    }
}
