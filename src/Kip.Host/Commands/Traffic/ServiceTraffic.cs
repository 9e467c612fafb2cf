using System.Text.Json;
using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Commands.Traffic;

/// <summary>Prints how a service's traffic is split.</summary>
internal static class ServiceTraffic
{
    public static void Print(Service service, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(service.Status.Traffic, WireJson.Of<ValueList<TrafficTarget>>()));
            return;
        }
        if (service.Status.Traffic.IsEmpty)
        {
            Console.Out.WriteLine("No revision gets traffic yet.");
            return;
        }
        var table = new TextTable("REVISION", "PERCENT", "LATEST", "TAG", "URL");
        foreach (var target in service.Status.Traffic)
            table.Row(
                target.RevisionName ?? "", $"{target.Percent ?? 0}%", target.LatestRevision == true ? "yes" : "",
                target.Tag ?? "", target.Url ?? service.Status.Url ?? "");
        table.Print(Console.Out);
    }
}
