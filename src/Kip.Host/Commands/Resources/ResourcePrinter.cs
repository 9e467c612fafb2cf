using System.Text;
using System.Text.Json;
using Kip.Resources;

namespace Kip.Host.Commands.Resources;

/// <summary>Prints objects as the verbs that make, change and remove them do.</summary>
internal static class ResourcePrinter
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary><c>service.serving.knative.dev/hello created</c>, or the object, or its name alone.</summary>
    public static void Done(TextWriter output, Resource resource, string done, string? format)
    {
        if (format == "json") output.WriteLine(Json(resource));
        else output.WriteLine(format == "name" ? Name(resource) : $"{Name(resource)} {done}");
    }

    /// <summary><c>service.serving.knative.dev/hello</c>, as kubectl names objects.</summary>
    public static string Name(Resource resource)
    {
        var kind = resource.GetDefinition();
        return $"{kind.Singular}{(kind.Group.Length == 0 ? "" : "." + kind.Group)}/{resource.Metadata.Name}";
    }

    /// <summary>One object as indented JSON.</summary>
    public static string Json(Resource resource) => Written(w => Write(w, resource));

    /// <summary>A <c>List</c> of objects as indented JSON.</summary>
    public static string Json(IReadOnlyList<Resource> resources) => Written(writer =>
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

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented)) write(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
