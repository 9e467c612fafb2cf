using System.Net;
using System.Text;
using Kip.Host.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Kip.Host.Commands;

/// <summary>The program of the bundle <c>kip.local/helloworld</c>, which every Kip has: a manifest can be tried before anything is built.</summary>
/// <remarks>Answers as Knative's helloworld samples do: <c>Hello $TARGET!</c>, and the revision that says so.</remarks>
internal static class HelloWorldCommand
{
    /// <summary>The verb that the bundle starts.</summary>
    public const string Name = "helloworld";

    public static Verb Make() => new Verb(Name, "Serve the helloworld sample on $PORT.", "PORT=8081 kip helloworld") { Hidden = true }
        .Does(static async (_, cancel) =>
        {
            using var sigterm = new EndSignal();
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(static options =>
            {
                options.AddServerHeader = false;
                options.Listen(IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "8080"));
            });
            await using var app = builder.Build();
            var text = Text();
            app.Run(context => AnswerAsync(context, text));
            await app.StartAsync(cancel);
            await sigterm.WaitAsync(cancel);
            await app.StopAsync(CancellationToken.None);
        });

    private static string Text()
    {
        var target = Environment.GetEnvironmentVariable("TARGET") ?? "World";
        return $"Hello {target}! ({Environment.GetEnvironmentVariable("K_REVISION") ?? "not a revision"})\n";
    }

    // "?sleep=MS" holds the answer back, so that concurrency can be seen.
    private static async Task AnswerAsync(HttpContext context, string text)
    {
        if (int.TryParse(context.Request.Query["sleep"], out var milliseconds) && milliseconds is > 0 and <= 60_000)
            await Task.Delay(milliseconds, context.RequestAborted);
        context.Response.ContentType = "text/plain; charset=utf-8";
        // Of known length it goes out in one piece: a program that is killed then has answered whole or not at all.
        context.Response.ContentLength = Encoding.UTF8.GetByteCount(text);
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
