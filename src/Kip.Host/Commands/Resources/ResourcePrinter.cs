using System.Text;
using System.Text.Json;
using Kip.Client.Manifests;
using Kip.Resources;

namespace Kip.Host.Commands.Resources;

/// <summary>Prints objects as the verbs that make, change and remove them do.</summary>
internal static class ResourcePrinter
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary><c>service.serving.knative.dev/hello created</c>, or the object, or its name alone.</summary>
    public static void Done(TextWriter output, Resource resource, string done, string? format)
    {
        if (format is "json" or "yaml") output.WriteLine(Text(resource, format));
        else output.WriteLine(format == "name" ? Name(resource) : $"{Name(resource)} {done}");
    }

    /// <summary><c>service.serving.knative.dev/hello</c>, as kubectl names objects.</summary>
    public static string Name(Resource resource)
    {
        var kind = resource.GetDefinition();
        return $"{kind.Singular}{(kind.Group.Length == 0 ? "" : "." + kind.Group)}/{resource.Metadata.Name}";
    }

    /// <summary>One object as indented JSON, or as YAML where that is the format.</summary>
    public static string Text(Resource resource, string format) => Written(format, w => Write(w, resource));

    /// <summary>A <c>List</c> of objects as indented JSON, or as YAML where that is the format.</summary>
    public static string Text(IReadOnlyList<Resource> resources, string format) => Written(format, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion", "v1");
        writer.WriteString("kind", "List");
        writer.WriteStartArray("items");
        foreach (var resource in resources) Write(writer, resource);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    // Who set which field is long and rarely asked for: kubectl get --show-managed-fields shows it.
    private static void Write(Utf8JsonWriter writer, Resource resource) =>
        resource.GetDefinition().Write(writer, resource with { Metadata = resource.Metadata with { ManagedFields = default } });

    private static string Written(string format, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented)) write(writer);
        var json = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (format != "yaml") return Encoding.UTF8.GetString(json.Span);
        using var document = JsonDocument.Parse(json);
        return ManifestFiles.ToYaml(document.RootElement).TrimEnd('\n');
    }
}
