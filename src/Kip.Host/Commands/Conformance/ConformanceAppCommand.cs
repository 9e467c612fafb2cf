using System.CommandLine;
using System.Net;
using Kip.Host.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Kip.Host.Commands.Conformance;

/// <summary>The program of the bundle <c>kip.local/conformance</c>: what Knative's conformance suite needs its test images to do, in one.</summary>
/// <remarks>
/// Its behaviour is chosen by environment: <c>RESPONSE</c> (what <c>/</c> says), <c>H2C</c> (speak HTTP/2 without TLS), <c>LISTEN_DELAY</c> and
/// <c>READY_DELAY</c> (durations in milliseconds), <c>EXIT_CODE</c> (end at once), <c>WRITE</c> (write to that file and end),
/// <c>SUFFIX</c> (behind each echoed message).
/// </remarks>
internal static class ConformanceAppCommand
{
    /// <summary>The verb that the bundle starts.</summary>
    public const string Name = "conformance-app";

    // What a manifest gives as args; the document at /runtime shows them.
    private static readonly Argument<string[]> Arguments = new("ARGS") { Arity = ArgumentArity.ZeroOrMore };

    public static Verb Make() =>
        new Verb(Name, "Serve what the conformance suite asks of a workload, on $PORT.", "PORT=8081 kip conformance-app") { Hidden = true }
        .With(Arguments)
        .Does(static (parsed, cancel) => RunAsync(parsed.GetValue(Arguments) ?? [], cancel));

    private static async Task RunAsync(string[] arguments, CancellationToken cancel)
    {
        using var sigterm = new EndSignal();
        Console.WriteLine("conformance-app starts");
        if (Number("EXIT_CODE") is { } code) throw new CommandFailure("told to fail by EXIT_CODE", code);
        if (Environment.GetEnvironmentVariable("WRITE") is { Length: > 0 } file)
        {
            await File.WriteAllTextAsync(file, "written", cancel);
            return;
        }
        await Task.Delay(Number("LISTEN_DELAY") ?? 0, cancel);
        var work = new ConformanceApp(arguments, readyAfter: TimeSpan.FromMilliseconds(Number("READY_DELAY") ?? 0), TimeProvider.System);
        await using var app = Build(work);
        await app.StartAsync(cancel);
        await sigterm.WaitAsync(cancel);
        await work.EndAsync();
        await app.StopAsync(CancellationToken.None);
    }

    private static WebApplication Build(ConformanceApp work)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static options =>
        {
            options.AddServerHeader = false;
            options.Limits.MinRequestBodyDataRate = null;
            var protocols = Environment.GetEnvironmentVariable("H2C") is { Length: > 0 } ? HttpProtocols.Http2 : HttpProtocols.Http1;
            // All interfaces: in a container the gateway comes from outside of its network namespace.
            options.Listen(IPAddress.Any, Number("PORT") ?? 8080, listen => listen.Protocols = protocols);
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(work.AnswerAsync);
        return app;
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;
}
