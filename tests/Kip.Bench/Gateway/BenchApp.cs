using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kip.Bench.Gateway;

/// <summary>The application behind both proxies: a minimal one that answers at once.</summary>
internal static class BenchApp
{
    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(static context => context.Response.WriteAsync("Hello World!"));
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Urls.First()).Port);
        await Console.In.ReadLineAsync();
        await app.StopAsync();
    }
}
