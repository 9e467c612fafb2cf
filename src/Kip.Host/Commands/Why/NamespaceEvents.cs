using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Host.Commands.Resources;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;

namespace Kip.Host.Commands.Why;

/// <summary>The Kubernetes Events of a namespace, or of one service and what belongs to it: what the platform has to tell, newest last.</summary>
internal static class NamespaceEvents
{
    /// <summary>Prints them as a table, or as JSON.</summary>
    /// <param name="service">Only those about this service, its revisions and pods; null for all.</param>
    public static async Task PrintAsync(Connection connection, string? service, bool json, CancellationToken cancel)
    {
        var about = service is null ? null : await NamesAsync(connection, service, cancel);
        var all = await connection.Resources.ListAsync<Event>(new ListOptions { Namespace = connection.Namespace }, cancel);
        Event[] shown = [.. all.Where(e => about is null || IsAbout(about, e.InvolvedObject.Name ?? "")).OrderBy(Last)];
        if (json) Console.Out.WriteLine(ResourcePrinter.Text(shown, "json"));
        else if (shown.Length == 0)
            Console.Error.WriteLine($"nothing has been told in namespace {connection.Namespace}{(service is null ? "" : $" about {service}")}");
        else ResourceTable.Print(Console.Out, Event.Definition, shown, withNamespace: false, TimeProvider.System.GetUtcNow());
    }

    private static DateTimeOffset Last(Event told) => told.LastTimestamp ?? told.EventTime ?? told.Metadata.CreationTimestamp ?? DateTimeOffset.MinValue;

    private static async Task<IReadOnlyList<string>> NamesAsync(Connection connection, string service, CancellationToken cancel)
    {
        await connection.ServiceAsync(service, cancel);
        var mine = new ListOptions { Namespace = connection.Namespace, LabelSelector = $"{ServingLabels.Service}={service}" };
        return [service, .. (await connection.Resources.ListAsync<Revision>(mine, cancel)).Select(static r => r.Metadata.Name)];
    }

    // A Revision's Deployment and pods are named after it.
    private static bool IsAbout(IReadOnlyList<string> names, string name) =>
        names.Any(n => n == name || name.StartsWith($"{n}-deployment", StringComparison.Ordinal));
}
