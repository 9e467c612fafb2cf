using Kip.Bench.Gateway;
using Kip.Testing.Programs;

namespace Kip.Bench.Broker;

/// <summary>wrk, sending events.</summary>
internal static class EventWrk
{
    public static async Task<WrkResult> RunAsync(Uri url, int bytes, int connections, int seconds)
    {
        var script = Path.Combine(Path.GetTempPath(), $"kip-bench-{Guid.NewGuid():N}.lua");
        await File.WriteAllTextAsync(
            script,
            $$"""
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/octet-stream"
            wrk.headers["ce-specversion"] = "1.0"
            wrk.headers["ce-id"] = "bench"
            wrk.headers["ce-source"] = "/bench"
            wrk.headers["ce-type"] = "bench.event"
            wrk.body = string.rep("x", {{bytes}})
            """);
        try
        {
            var result = await Command.RunAsync("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "--latency", "-s", script, url.ToString()]);
            return Wrk.Parse(result.Succeeded().Output);
        }
        finally
        {
            File.Delete(script);
        }
    }
}
