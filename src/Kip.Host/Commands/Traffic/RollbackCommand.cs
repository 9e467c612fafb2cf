using System.CommandLine;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Resources.Serving;

namespace Kip.Host.Commands.Traffic;

/// <summary><c>kip rollback NAME</c>: all traffic back to the revision before.</summary>
internal static class RollbackCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The service" };
    private static readonly Option<string?> To = new("--to")
    {
        Description = "The revision to go back to (default: the newest ready one before the newest that gets traffic)", HelpName = "REVISION",
    };

    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "rollback",
        "Send all traffic of a service back to an older revision.",
        "kip rollback hello",
        "kip rollback hello --to hello-00002",
        "kip traffic hello @latest=100     # forward again")
        .With(Name).With(To).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var service = await connection.ServiceAsync(parsed.GetRequiredValue(Name), cancel);
        var target = parsed.GetValue(To) ?? await PreviousAsync(connection, service, cancel);
        service = await TrafficCommand.SplitAsync(connection.Resources, service, [$"{target}=100"], cancel);
        ServiceTraffic.Print(service, json: parsed.GetValue(Output) == "json");
    }

    private static async Task<string> PreviousAsync(Connection connection, Kip.Resources.Serving.Service service, CancellationToken cancel)
    {
        var revisions = await connection.Resources.ListAsync<Revision>(
            new ListOptions { Namespace = connection.Namespace, LabelSelector = $"serving.knative.dev/service={service.Metadata.Name}" }, cancel);
        return RollbackChoice.Choose(service, revisions).Metadata.Name;
    }
}
