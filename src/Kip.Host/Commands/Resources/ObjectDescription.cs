using System.Text.Json;
using Kip.Client;
using Kip.Client.Manifests;
using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Host.Commands.Resources;

/// <summary>Any object, its conditions and what happened to it, as <c>kip describe KIND NAME</c> shows them.</summary>
internal static class ObjectDescription
{
    public static async Task PrintAsync(TextWriter output, Connection connection, KindDefinition kind, string name, string? format, CancellationToken cancel)
    {
        var resource = await connection.ObjectAsync(kind, name, cancel);
        var events = await EventsAsync(connection, resource, cancel);
        if (format is not null) output.WriteLine(ResourcePrinter.Text([resource, .. events], format));
        else Print(output, resource, events);
    }

    private static async Task<IReadOnlyList<Event>> EventsAsync(Connection connection, Resource resource, CancellationToken cancel)
    {
        // What happens to objects without a namespace is told in the one called default.
        var options = new ListOptions
        {
            Namespace = resource.Metadata.Namespace.Length > 0 ? resource.Metadata.Namespace : "default",
            FieldSelector = $"involvedObject.name={resource.Metadata.Name},involvedObject.kind={resource.GetDefinition().Kind}",
        };
        return [.. (await connection.Resources.ListAsync<Event>(options, cancel)).OrderBy(static e => e.LastTimestamp)];
    }

    private static void Print(TextWriter output, Resource resource, IReadOnlyList<Event> events)
    {
        var meta = resource.Metadata;
        output.WriteLine($"{resource.GetDefinition().Kind}  {meta.Name}");
        if (meta.Namespace.Length > 0) output.WriteLine($"Namespace  {meta.Namespace}");
        if (!meta.Labels.IsEmpty) output.WriteLine($"Labels  {string.Join(", ", meta.Labels.Select(static label => $"{label.Key}={label.Value}"))}");
        if (meta.DeletionTimestamp is { } deletion) output.WriteLine($"Being deleted since  {deletion:u}");
        using var json = JsonDocument.Parse(resource.GetDefinition().Write(resource));
        foreach (var member in json.RootElement.EnumerateObject())
        {
            if (member.Name is "apiVersion" or "kind" or "metadata") continue;
            output.WriteLine();
            output.WriteLine($"{member.Name}:");
            foreach (var line in ManifestFiles.ToYaml(member.Value).TrimEnd().Split('\n')) output.WriteLine($"  {line}");
        }
        if (events.Count == 0) return;
        output.WriteLine();
        ResourceTable.Print(output, Event.Definition, events, withNamespace: false, TimeProvider.System.GetUtcNow());
    }
}
