using System.CommandLine;
using System.Net;
using Kip.Host.CommandLine;
using Kip.Host.Platform;
using Kip.Host.Platform.Starting;

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
        "kip up --https 127.0.0.1:8443",
        "kip up --data /srv/kip --api 127.0.0.1:0 --gateway 127.0.0.1:0")
        .With(PlatformOptionSymbols.Data).With(PlatformOptionSymbols.EncryptionKey).With(PlatformOptionSymbols.AuditLog)
        .With(PlatformOptionSymbols.Api).With(PlatformOptionSymbols.Metrics).With(PlatformOptionSymbols.Gateway)
        .With(PlatformOptionSymbols.Https).With(PlatformOptionSymbols.Registry).With(PlatformOptionSymbols.Events)
        .With(PlatformOptionSymbols.PodSubnet).With(PlatformOptionSymbols.OciRuntime)
        .With(PlatformOptionSymbols.Domain).With(PlatformOptionSymbols.Detach).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var options = PlatformOptions.From(parsed);
        var json = parsed.GetValue(Output) == "json";
        if (parsed.GetValue(PlatformOptionSymbols.Detach))
        {
            var running = InstanceFile.Read(options.Data);
            // Up is what was asked for, so a second time is no mistake, unless it asks for another one.
            if (running is not null) RequireSame(running, options, parsed);
            running ??= await DetachedStart.RunAsync(options.Data, options.ToArguments(), cancel);
            Welcome.Print(running, options.Data, detached: true, json);
            return;
        }
        // From the first moment: a Ctrl-C that comes while the welcome is being printed must not be lost.
        using var end = new EndSignal();
        await using var platform = await KipPlatform.StartAsync(options, cancel);
        Welcome.Print(platform.Instance, options.Data, detached: false, json);
        await end.WaitAsync(cancel);
        Console.Error.WriteLine("Stopping: no new requests, those under way are finished…");
    }

    private static void RequireSame(InstanceFile running, PlatformOptions options, ParseResult parsed)
    {
        Require(PlatformOptionSymbols.Api, options.Api, running.Api);
        Require(PlatformOptionSymbols.Gateway, options.Gateway, running.Gateway);
        if (options.Https is { Port: not 0 } https && running.Https != $"https://{https}") throw AlreadyRuns("--https", https);
        if (options.Domain is not null) throw AlreadyRuns("--domain", options.Domain);

        void Require(Option<string> option, IPEndPoint asked, string has)
        {
            var isAsked = parsed.GetResult(option) is { Implicit: false } && asked.Port != 0;
            if (isAsked && !has.EndsWith($"//{asked}", StringComparison.Ordinal)) throw AlreadyRuns(option.Name, asked);
        }

        CommandFailure AlreadyRuns(string option, object asked) => new(
            $"Kip runs over {options.Data.Root} already (pid {running.ProcessId}), not with {option} {asked}; "
            + $"stop it first with: kip down{Welcome.DataOption(options.Data)}");
    }
}
