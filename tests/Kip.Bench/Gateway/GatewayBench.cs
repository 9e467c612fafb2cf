using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kip.Bench.Gateway;

/// <summary>Warm requests per second through Kip's gateway and through nginx, to the same application, side by side on this machine.</summary>
internal static class GatewayBench
{
    private const int Rounds = 3;
    private const int Seconds = 4;

    public static async Task<int> RunAsync()
    {
        using var app = Child("gateway-app");
        var appPort = await PortOf(app);
        using var kip = Child("gateway-serve", appPort.ToString());
        var kipPort = await PortOf(kip);
        var nginxPort = FreePort();
        using var nginx = new BenchNginx(nginxPort, appPort);
        foreach (var port in new[] { appPort, kipPort, nginxPort }) await WrkRun.RunAsync(port, 64, 3);
        foreach (var connections in new[] { 1, 16, 64, 256 }) await CompareAsync(connections, kipPort, nginxPort);
        Print("gateway_app_direct_rps_c64", (await WrkRun.RunAsync(appPort, 64, Seconds)).RequestsPerSecond);
        foreach (var child in new[] { kip, app })
        {
            child.StandardInput.Close();
            await child.WaitForExitAsync();
        }
        return 0;
    }

    private static async Task CompareAsync(int connections, int kipPort, int nginxPort)
    {
        List<WrkRun> kip = [], nginx = [];
        for (var round = 0; round < Rounds; round++)
        {
            // In turns, so that whatever else the machine does falls on both.
            nginx.Add(await WrkRun.RunAsync(nginxPort, connections, Seconds));
            kip.Add(await WrkRun.RunAsync(kipPort, connections, Seconds));
        }
        var (ours, theirs) = (Median(kip, static r => r.RequestsPerSecond), Median(nginx, static r => r.RequestsPerSecond));
        var (ourP99, theirP99) = (Median(kip, static r => r.P99Ms), Median(nginx, static r => r.P99Ms));
        Print($"gateway_rps_c{connections}", ours);
        Print($"gateway_nginx_rps_c{connections}", theirs);
        Print($"gateway_p99_ms_c{connections}", ourP99);
        Print($"gateway_nginx_p99_ms_c{connections}", theirP99);
        Print($"gateway_rps_ratio_c{connections}", ours / theirs);
        Print($"gateway_p99_ratio_c{connections}", ourP99 / theirP99);
        Print($"gateway_failures_c{connections}", kip.Sum(static r => r.Failures));
    }

    private static double Median(List<WrkRun> runs, Func<WrkRun, double> value) => runs.Select(value).Order().ElementAt(runs.Count / 2);

    private static void Print(string name, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}={value:0.###}"));

    private static Process Child(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task<int> PortOf(Process child) => int.Parse(await child.StandardOutput.ReadLineAsync() ?? "0");

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
