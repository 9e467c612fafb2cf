using System.CommandLine;
using Kip.Host.CommandLine;
using Kip.Host.Platform;
using Kip.Host.Platform.Starting;
using Kip.Host.Quickstart;

namespace Kip.Host.Commands;

/// <summary><c>kip quickstart</c>: from nothing to a service that has woken, scaled out and gone back to sleep.</summary>
internal static class QuickstartCommand
{
    public static Verb Make() => new Verb(
        "quickstart",
        "Start the platform, deploy a sample from source, and show it wake, scale out and sleep. Leaves the platform running.",
        "kip quickstart",
        "kip quickstart --data /tmp/kip --gateway 127.0.0.1:0")
        .With(PlatformOptionSymbols.Data).With(PlatformOptionSymbols.Api).With(PlatformOptionSymbols.Metrics).With(PlatformOptionSymbols.Gateway)
        .With(PlatformOptionSymbols.Https).With(PlatformOptionSymbols.Registry).With(PlatformOptionSymbols.Events)
        .With(PlatformOptionSymbols.PodSubnet).With(PlatformOptionSymbols.OciRuntime).With(PlatformOptionSymbols.Domain).With(PlatformOptionSymbols.Detach)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var options = PlatformOptions.From(parsed);
        // Looked for before anything is started: without it there is nothing to show.
        var sample = SampleFolder.Find("hello-csharp");
        var running = InstanceFile.Read(options.Data);
        Console.Out.WriteLine(running is null ? "1. Starting Kip" : "1. Kip is running already");
        running ??= await DetachedStart.RunAsync(options.Data, options.ToArguments(), cancel);
        Console.Out.WriteLine($"   API {running.Api}, gateway {running.Gateway}, data {options.Data.Root}");
        using var connection = Connection.Open(options.Data, parsed);
        await new Tour(connection, options.Data, running, sample, Console.Out).RunAsync(cancel);
    }
}
