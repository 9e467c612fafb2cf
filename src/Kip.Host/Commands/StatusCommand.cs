using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kip.ApiServer.Tables;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Host.Platform;
using Kip.Host.Platform.Starting;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Containers;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Commands;

/// <summary><c>kip status</c>: is it running, where, how big, and how are the services.</summary>
internal static class StatusCommand
{
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb("status", "Show the platform and its services.", "kip status", "kip status -o json")
        .With(PlatformOptionSymbols.Data).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var data = DataFolder.Choose(parsed.GetValue(PlatformOptionSymbols.Data));
        var running = InstanceFile.Read(data)
            ?? throw new CommandFailure($"Kip is not running over {data.Root}; start it with: kip up --detach{Welcome.DataOption(data)}", 3);
        using var connection = Connection.Open(data, parsed);
        var services = await connection.Resources.ListAsync<Service>(ListOptions.All, cancel);
        var pods = await connection.Resources.ListAsync<Pod>(ListOptions.All, cancel);
        var report = StatusReport.Of(running, data, services, pods, TimeProvider.System.GetUtcNow());
        if (parsed.GetValue(Output) == "json") Console.Out.WriteLine(JsonSerializer.Serialize(report, StatusJson.Default.StatusReport));
        else Print(Console.Out, report);
    }

    private static void Print(TextWriter output, StatusReport report)
    {
        output.WriteLine($"Kip {report.Version} is running (pid {report.ProcessId}, up {Durations.Short(report.Up)}, {report.MemoryMegabytes:0} MB)");
        output.WriteLine($"  API       {report.Api}");
        output.WriteLine($"  Gateway   {report.Gateway}");
        output.WriteLine($"  Events    {report.Events}");
        output.WriteLine($"  Registry  {report.Registry}");
        if (report.Https is not null) output.WriteLine($"  HTTPS     {report.Https}");
        if (report.Metrics is not null) output.WriteLine($"  Metrics   {report.Metrics}");
        output.WriteLine($"  Data      {report.Data}");
        output.WriteLine($"  Images    {report.Containers}");
        output.WriteLine();
        if (report.Services.Count == 0)
        {
            output.WriteLine("No services. Deploy one: kip deploy samples/hello-csharp --name hello");
            return;
        }
        var table = new TextTable("NAMESPACE", "SERVICE", "READY", "PODS", "URL");
        foreach (var service in report.Services)
            table.Row(service.Namespace, service.Name, service.Ready, service.Pods == 0 ? "asleep" : $"{service.Pods}", service.Url ?? "");
        table.Print(output);
    }
}

/// <summary>What <c>kip status -o json</c> prints.</summary>
internal sealed record StatusReport(
    string Version, int ProcessId, TimeSpan Up, double MemoryMegabytes, string Api, string Gateway, string? Registry, string Events, string Data,
    string Containers, IReadOnlyList<ServiceReport> Services)
{
    public string? Https { get; init; }

    public string? Metrics { get; init; }

    public static StatusReport Of(
        InstanceFile running, DataFolder data, IReadOnlyList<Service> services, IReadOnlyList<Pod> pods, DateTimeOffset now)
    {
        var counts = pods.GroupBy(static p => (p.Metadata.Namespace, p.Metadata.Labels.Get("serving.knative.dev/service")))
            .ToDictionary(static g => g.Key, static g => g.Count());
        return new StatusReport(
            running.Version, running.ProcessId, now - running.Started, ResidentMemory.Megabytes(running.ProcessId), running.Api, running.Gateway,
            running.Registry,
            running.Events ?? "", data.Root,
            ContainerSupport.Missing(running.OciRuntime) is { } missing
                ? $"not run as containers: {missing}"
                : $"run as containers by {ContainerSupport.RuntimeName(running.OciRuntime)}",
            [.. services.Select(s => new ServiceReport(
                s.Metadata.Namespace, s.Metadata.Name,
                s.Status.Conditions.Find("Ready")?.Status ?? "Unknown",
                counts.GetValueOrDefault((s.Metadata.Namespace, s.Metadata.Name)), s.Status.Url))])
        {
            Https = running.Https, Metrics = running.Metrics,
        };
    }
}

internal sealed record ServiceReport(string Namespace, string Name, string Ready, int Pods, string? Url);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class StatusJson : JsonSerializerContext;
