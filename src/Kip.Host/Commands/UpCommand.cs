using System.CommandLine;
using Kip.Host.CommandLine;
using Kip.Host.Platform;

namespace Kip.Host.Commands;

/// <summary><c>kip up</c>: runs the platform.</summary>
internal static class UpCommand
{
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "up",
        "Start the platform: API server, controllers, gateway and runtime in this one process.",
        "kip up",
        "kip up --detach",
        "kip up --data /srv/kip --api 127.0.0.1:0 --gateway 127.0.0.1:0")
        .With(PlatformOptionSymbols.Data).With(PlatformOptionSymbols.Api).With(PlatformOptionSymbols.Gateway)
        .With(PlatformOptionSymbols.Domain).With(PlatformOptionSymbols.Detach).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var options = PlatformOptions.From(parsed);
        var json = parsed.GetValue(Output) == "json";
        if (parsed.GetValue(PlatformOptionSymbols.Detach))
        {
            Welcome.Print(await DetachedStart.RunAsync(options.Data, options.ToArguments(), cancel), options.Data, detached: true, json);
            return;
        }
        await using var platform = await KipPlatform.StartAsync(options, cancel);
        Welcome.Print(platform.Instance, options.Data, detached: false, json);
        await KipPlatform.WaitForEndAsync(cancel);
        Console.Error.WriteLine("Stopping: no new requests, those under way are finished…");
    }
}
