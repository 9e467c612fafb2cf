using System.CommandLine;
using Kip.Client;
using Kip.Client.Pods;
using Kip.Host.CommandLine;
using Kip.Host.Logs;
using Kip.Resources.Core;
using Kip.Rules.RequestLogs;

namespace Kip.Host.Commands;

/// <summary><c>kip logs NAME</c>: what a service's pods write.</summary>
internal static class LogsCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "A service, or a pod" };
    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on as lines are written, pods that start later included" };
    private static readonly Option<int?> Tail = new("--tail") { Description = "Only the last lines", HelpName = "LINES" };
    private static readonly Option<bool> Previous = new("--previous", "-p") { Description = "Of the container before its last restart" };
    private static readonly Option<bool> Timestamps = new("--timestamps") { Description = "With the time of each line" };

    private static readonly Option<bool> Requests = new("--requests")
    {
        Description = "The request log's lines about these pods instead; needs logging.enable-request-log in config-observability",
    };

    public static Verb Make() => new Verb(
        "logs",
        "Print what a service's pods wrote.",
        "kip logs hello",
        "kip logs hello -f",
        "kip logs hello --tail 20 --timestamps",
        "kip logs hello --requests")
        .With(Name).With(Follow).With(Tail).With(Previous).With(Timestamps).With(Requests)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var name = parsed.GetRequiredValue(Name);
        var request = new PodLogOptions
        {
            Container = parsed.GetValue(Requests) ? RequestLogContainer.Name : null,
            Follow = parsed.GetValue(Follow),
            TailLines = parsed.GetValue(Tail) is { } lines ? GlobalOptions.AtLeast(0, lines, "--tail") : null,
            Previous = parsed.GetValue(Previous),
            Timestamps = parsed.GetValue(Timestamps),
        };
        if (await connection.Resources.GetAsync<Pod>(new(connection.Namespace, name), cancel) is not null)
        {
            await PodLogPrinter.PrintAsync(connection, name, request, prefix: null, cancel);
            return;
        }
        await connection.ServiceAsync(name, cancel);
        var selector = $"serving.knative.dev/service={name}";
        if (request.Follow) await ServiceLogs.FollowAsync(connection, selector, request, cancel);
        else await ServiceLogs.PrintAsync(connection, name, selector, request, cancel);
    }
}
