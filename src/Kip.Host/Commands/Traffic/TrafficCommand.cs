using System.CommandLine;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Host.Deploy;
using Kip.Resources;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Commands.Traffic;

/// <summary><c>kip traffic NAME REV=PCT…</c>: splits a service's traffic over revisions.</summary>
internal static class TrafficCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The service" };
    private static readonly Argument<string[]> Shares = new("REV=PCT")
    {
        Description = $"A revision and its share in percent; {TrafficShares.Latest} is the latest ready one. None: print the present split",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "traffic",
        "Split a service's traffic over revisions, or show the split.",
        "kip traffic hello hello-00001=90 @latest=10",
        "kip traffic hello @latest=100",
        "kip traffic hello")
        .With(Name).With(Shares).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var name = new NamespacedName(connection.Namespace, parsed.GetRequiredValue(Name));
        var shares = parsed.GetValue(Shares) ?? [];
        var service = await connection.ServiceAsync(name.Name, cancel);
        if (shares.Length > 0) service = await SplitAsync(connection.Resources, service, shares, cancel);
        ServiceTraffic.Print(service, json: parsed.GetValue(Output) == "json");
    }

    /// <summary>Stores the split and waits until it is in effect.</summary>
    internal static async Task<Service> SplitAsync(IResources resources, Service service, IReadOnlyList<string> shares, CancellationToken cancel)
    {
        var traffic = TrafficShares.Parse(shares, service.Spec.Traffic);
        await RequireRevisionsAsync(resources, service, traffic, cancel);
        await resources.UpdateAsync(service with { Spec = service.Spec with { Traffic = traffic } }, cancel);
        await using var progress = Progress.Start($"Moving traffic of {service.Metadata.Name}");
        return await ServiceWait.ReadyAsync(resources, service.Key, TimeSpan.FromMinutes(2), progress.Say, cancel);
    }

    // Refused before anything is stored: a split to a revision that is not there would leave the service not ready.
    private static async Task RequireRevisionsAsync(
        IResources resources, Service service, ValueList<Kip.Resources.Serving.TrafficTarget> traffic, CancellationToken cancel)
    {
        foreach (var revision in traffic.Where(static t => t.RevisionName is not null).Select(static t => t.RevisionName!))
            if (await resources.GetAsync(Kip.Resources.Serving.Revision.Definition, new(service.Metadata.Namespace, revision), cancel) is null)
                throw new CommandFailure(
                    $"there is no revision \"{revision}\" in namespace {service.Metadata.Namespace}; see them with: kip get revisions");
    }
}
