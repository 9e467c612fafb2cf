using Kip.Testing.Traffic;

namespace Kip.Bench.Gateway;

/// <summary>Kip's gateway alone in a process, with one service whose one pod is at a given port.</summary>
internal static class BenchGateway
{
    public static async Task RunAsync(int appPort)
    {
        await using var bed = await GatewayBed.StartAsync(loggers: Environment.GetEnvironmentVariable("LOG") is null ? null : Microsoft.Extensions.Logging.LoggerFactory.Create(b => Microsoft.Extensions.Logging.ConsoleLoggerExtensions.AddConsole(b, o => o.LogToStandardErrorThreshold = 0)));
        await bed.PutAsync(
            TrafficObjects.Revision("bench-1"), TrafficObjects.Pod("bench-1", "bench-1-a", appPort),
            TrafficObjects.Ingress("bench", "bench.default.localhost", ("bench-1", 100)));
        Console.WriteLine(bed.Gateway.EndPoint.Port);
        await Console.In.ReadLineAsync();
    }
}
