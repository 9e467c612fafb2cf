using System.CommandLine;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Host.Commands.Traffic;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Commands.Resources;

/// <summary><c>kip describe NAME</c>: one service, its conditions, traffic, revisions, pods and events; with a kind, any object.</summary>
internal static class DescribeCommand
{
    private static readonly Argument<string[]> Words = new("[KIND] NAME") { Description = "The service, or a kind and an object", Arity = new(1, 2) };
    private static readonly Option<string?> Output = GlobalOptions.Output("json", "yaml");

    public static Verb Make() => new Verb(
        "describe",
        "Show a service with all that belongs to it, or any object.",
        "kip describe hello",
        "kip describe hello -o json",
        "kip describe trigger on-orders")
        .With(Words).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        if (parsed.GetRequiredValue(Words) is [var word, var name])
        {
            var kind = await KindFinder.FindAsync(connection, word, cancel);
            await ObjectDescription.PrintAsync(Console.Out, connection, kind, name, parsed.GetValue(Output), cancel);
            return;
        }
        var service = await connection.ServiceAsync(parsed.GetRequiredValue(Words)[0], cancel);
        var mine = new ListOptions { Namespace = connection.Namespace, LabelSelector = $"serving.knative.dev/service={service.Metadata.Name}" };
        var revisions = await connection.Resources.ListAsync<Revision>(mine, cancel);
        var pods = await connection.Resources.ListAsync<Pod>(mine, cancel);
        var events = await EventsAsync(connection, service, revisions, cancel);
        if (parsed.GetValue(Output) is { } format)
            Console.Out.WriteLine(ResourcePrinter.Text([service, .. revisions, .. pods, .. events], format));
        else
            Print(Console.Out, service, revisions, pods, events);
    }

    private static async Task<IReadOnlyList<Event>> EventsAsync(
        Connection connection, Service service, IReadOnlyList<Revision> revisions, CancellationToken cancel)
    {
        var names = revisions.Select(static r => r.Metadata.Name).Append(service.Metadata.Name).ToHashSet();
        var all = await connection.Resources.ListAsync<Event>(new ListOptions { Namespace = connection.Namespace }, cancel);
        return [.. all.Where(e => names.Contains(e.InvolvedObject.Name ?? "")).OrderBy(static e => e.LastTimestamp)];
    }

    private static void Print(
        TextWriter output, Service service, IReadOnlyList<Revision> revisions, IReadOnlyList<Pod> pods, IReadOnlyList<Event> events)
    {
        output.WriteLine($"Service    {service.Metadata.Name}");
        output.WriteLine($"Namespace  {service.Metadata.Namespace}");
        output.WriteLine($"URL        {service.Status.Url ?? "(none yet)"}");
        output.WriteLine($"Address    {service.Status.Address?.Url ?? "(none yet)"}");
        output.WriteLine();
        PrintConditions(output, service);
        output.WriteLine();
        ServiceTraffic.Print(service, json: false);
        Section(output, Revision.Definition, revisions);
        Section(output, Pod.Definition, pods);
        if (events.Count > 0) Section(output, Event.Definition, events);
    }

    private static void PrintConditions(TextWriter output, Service service)
    {
        var table = new TextTable("CONDITION", "STATUS", "REASON", "MESSAGE");
        foreach (var condition in service.Status.Conditions)
            table.Row(condition.Type, condition.Status, condition.Reason ?? "", condition.Message ?? "");
        table.Print(output);
    }

    private static void Section(TextWriter output, KindDefinition kind, IReadOnlyList<Resource> resources)
    {
        output.WriteLine();
        if (resources.Count == 0) output.WriteLine($"No {kind.Plural}.");
        else ResourceTable.Print(output, kind, resources, withNamespace: false, TimeProvider.System.GetUtcNow());
    }
}
