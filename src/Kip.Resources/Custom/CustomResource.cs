using System.Text.Json;

namespace Kip.Resources.Custom;

/// <summary>An object of a kind that a CustomResourceDefinition describes: metadata, and the rest as JSON.</summary>
/// <remarks>
/// Equal when metadata, content and status are. Content and status are canonical, so versions of an object share the half that stays, and
/// "did it change?" compares bytes.
/// </remarks>
public sealed record CustomResource : Resource, IHasStatus
{
    /// <summary>The kind as it is stored: one for all versions.</summary>
    public required KindDefinition Definition { get; init; }

    /// <summary>The version in whose shape the content is.</summary>
    public required string Version { get; init; }

    /// <summary>An object with every member but <c>apiVersion</c>, <c>kind</c>, <c>metadata</c> and <c>status</c>.</summary>
    public CompactJson Content { get; init; } = CompactJson.EmptyObject;

    /// <summary>Null: the object has no status.</summary>
    public CompactJson? Status { get; init; }

    /// <summary>The schema along which unknown fields were dropped and defaults filled in; null when none was.</summary>
    public object? Shape { get; init; }

    public override KindDefinition GetDefinition() => Definition;

    public bool SpecEquals(Resource other) =>
        other is CustomResource custom && Content == custom.Content && (SeparatesStatus || Status == custom.Status);

    public bool StatusEquals(Resource other) => !SeparatesStatus || Status == ((CustomResource)other).Status;

    public Resource WithStatusOf(Resource other) => SeparatesStatus ? this with { Status = ((CustomResource)other).Status } : this;

    /// <summary>The value at a path of member names such as <c>spec.color</c>; null when there is none.</summary>
    public JsonElement? Find(string path)
    {
        var steps = path.Split('.');
        var half = steps[0] == "status" ? Status : Content;
        if (half is null) return null;
        using var document = half.Parse();
        var found = document.RootElement;
        foreach (var step in steps.AsSpan(steps[0] == "status" ? 1 : 0))
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(step, out found)) return null;
        return found.Clone();
    }

    /// <summary>What a schema and its rules speak of: what the object is, its name, content and status; the caller disposes it.</summary>
    public JsonDocument Whole() => CompactJson.Written(this, static (writer, custom) =>
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, $"{custom.Definition.Group}/{custom.Version}");
        writer.WriteString("kind"u8, custom.Definition.Kind);
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("name"u8, custom.Metadata.Name);
        if (custom.Metadata.GenerateName is { Length: > 0 } prefix) writer.WriteString("generateName"u8, prefix);
        writer.WriteEndObject();
        CustomResourceFormat.WriteMembers(writer, custom);
        writer.WriteEndObject();
    }).Parse();

    public bool Equals(CustomResource? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Definition == other.Definition && Metadata == other.Metadata && Content == other.Content && Status == other.Status);

    public override int GetHashCode() => HashCode.Combine(Definition, Metadata, Content, Status);

    private bool SeparatesStatus => Definition.Format?.SeparatesStatus(Version) ?? true;
}
