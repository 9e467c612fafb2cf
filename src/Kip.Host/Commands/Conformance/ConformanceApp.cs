using Microsoft.AspNetCore.Http;

namespace Kip.Host.Commands.Conformance;

/// <summary>The answers of the conformance workload, by path.</summary>
/// <remarks>
/// <c>/</c> text, with <c>?sleep=MS</c>, <c>?prime=N</c>, <c>?bloat=MB</c>, <c>?burn=MS</c>; <c>/runtime</c> what the process sees, as JSON;
/// <c>/timeout</c> with <c>?initialTimeout=MS&amp;timeout=MS</c> before and after the first byte; <c>/single</c> 500 when two requests overlap;
/// <c>/retry</c> 503 to every first request; <c>/file?path=P</c> reads, or by POST writes, what is mounted (<see cref="MountedFiles"/>);
/// <c>/healthz</c>, which <c>/start-failing</c> turns to 503; <c>/crash?code=N</c>; <c>/call?url=U</c> what U answers; <c>/ws</c> a WebSocket echo;
/// gRPC to any path: an echo; <c>/events/NAME</c> and <c>/received/NAME</c>, see <see cref="EventHub"/>.
/// </remarks>
internal sealed class ConformanceApp(string[] arguments, TimeSpan readyAfter, TimeProvider time)
{
    private const int LongestWait = 120_000;

    private readonly long _started = time.GetTimestamp();
    private readonly EchoSockets _sockets = new(Environment.GetEnvironmentVariable("SUFFIX") ?? "");
    private readonly EventHub _hub = new();
    private volatile bool _failing;
    private int _running;
    private int _retries;

    /// <summary>Closes what is open, as a well-behaved server does on SIGTERM.</summary>
    public Task EndAsync() => _sockets.CloseAsync();

    public Task AnswerAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true) return GrpcEcho.AnswerAsync(context);
        if (_hub.TryAnswer(context) is { } answer) return answer;
        return context.Request.Path.Value switch
        {
            "/file" => MountedFiles.AnswerAsync(context),
            "/runtime" => RuntimeDocument.WriteAsync(context, arguments),
            "/timeout" => TimeoutAsync(context),
            "/single" => SingleAsync(context),
            "/retry" => TextAsync(context, int.IsOddInteger(Interlocked.Increment(ref _retries)) ? 503 : 200, "retry"),
            "/start-failing" => FailFromNowAsync(context),
            "/crash" => CrashAsync(context),
            "/call" => CallAsync(context),
            "/ws" => _sockets.AnswerAsync(context),
            "/healthz" or "/healthz/readiness" or "/healthz/liveness" => TextAsync(context, IsHealthy ? 200 : 503, IsHealthy ? "OK" : "failing"),
            _ => WorkAsync(context),
        };
    }

    private bool IsHealthy => !_failing && time.GetElapsedTime(_started) >= readyAfter;

    private static int Number(HttpContext context, string name) =>
        int.TryParse(context.Request.Query[name], out var number) ? Math.Clamp(number, 0, LongestWait) : 0;

    private static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private async Task WorkAsync(HttpContext context)
    {
        var text = Environment.GetEnvironmentVariable("RESPONSE") ?? "Hello World! How about some tasty noodles?";
        if (Number(context, "sleep") is var sleep and > 0)
        {
            await Task.Delay(sleep, context.RequestAborted);
            text += $"\nSlept for {sleep} milliseconds";
        }
        if (Number(context, "burn") is var burn and > 0)
        {
            var begun = time.GetTimestamp();
            while (time.GetElapsedTime(begun) < TimeSpan.FromMilliseconds(burn)) Thread.SpinWait(1000);
        }
        if (Number(context, "prime") is var prime and > 0) text += $"\nThe largest prime less than {prime} is {LargestPrime(prime)}";
        if (Number(context, "bloat") is var bloat and > 0) text += $"\nAllocated {Bloat(bloat)} MB";
        await TextAsync(context, 200, text);
    }

    private static int LargestPrime(int below)
    {
        for (var n = below - 1; n > 1; n--)
        {
            var divisor = 2;
            while (divisor <= n / divisor && n % divisor != 0) divisor++;
            if (divisor > n / divisor) return n;
        }
        return 1;
    }

    private static int Bloat(int megabytes)
    {
        var memory = new byte[megabytes][];
        for (var i = 0; i < megabytes; i++)
        {
            memory[i] = new byte[1 << 20];
            // A page counts only once it has been written to.
            for (var at = 0; at < memory[i].Length; at += 4096) memory[i][at] = 1;
        }
        return memory.Count(static block => block[0] == 1);
    }

    private static async Task TimeoutAsync(HttpContext context)
    {
        var (before, after) = (Number(context, "initialTimeout"), Number(context, "timeout"));
        await Task.Delay(before, context.RequestAborted);
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.WriteAsync("Slept for ", context.RequestAborted);
        await Task.Delay(after, context.RequestAborted);
        await context.Response.WriteAsync($"{before + after} milliseconds", context.RequestAborted);
    }

    private async Task SingleAsync(HttpContext context)
    {
        var alone = Interlocked.Increment(ref _running) == 1;
        try
        {
            await Task.Delay(10, context.RequestAborted);
            await TextAsync(context, alone ? 200 : 500, alone ? "One at a time" : "there is another request");
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private Task FailFromNowAsync(HttpContext context)
    {
        _failing = true;
        return TextAsync(context, 200, "will now fail readiness");
    }

    // Through the proxy that the environment names, as any program would: that is how a process reaches names of the inside.
    private static async Task CallAsync(HttpContext context)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(context.Request.Query["url"].ToString()), context.RequestAborted);
        await TextAsync(context, 200, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(context.RequestAborted)}");
    }

    private static async Task CrashAsync(HttpContext context)
    {
        await TextAsync(context, 200, "good-bye");
        await context.Response.CompleteAsync();
        Environment.Exit(Number(context, "code"));
    }
}
