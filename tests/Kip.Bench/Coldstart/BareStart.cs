using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Kip.Runtime.Bundles;
using Kip.Testing.Programs;
using Kip.Testing.Traffic;

namespace Kip.Bench.Coldstart;

/// <summary>The application without Kip: its process is started by hand and asked until it answers.</summary>
internal static class BareStart
{
    /// <summary>Milliseconds from the start of the process to the first good answer.</summary>
    public static async Task<double> MeasureAsync(KipProgram kip, string image)
    {
        var bundle = new BundleStore(kip.Data).Resolve(image) ?? throw new InvalidOperationException($"{image} is not in {kip.Data}");
        var port = FreePort.Find();
        var start = new ProcessStartInfo(Program(bundle), bundle.Manifest.Command.Skip(1))
        {
            WorkingDirectory = bundle.Content, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in bundle.Manifest.Environment) start.Environment[name] = value.Replace("$(PORT)", port.ToString());
        start.Environment["PORT"] = port.ToString();
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var elapsed = await UntilItAnswersAsync(port, started);
        process.Kill();
        await process.WaitForExitAsync();
        return elapsed.TotalMilliseconds;
    }

    // A path in a bundle is of its content; a name is looked for in PATH.
    private static string Program(Bundle bundle) =>
        bundle.Manifest.Command[0] is var program && program.Contains('/') ? Path.Combine(bundle.Content, program) : program;

    private static async Task<TimeSpan> UntilItAnswersAsync(int port, long started)
    {
        using var client = new HttpClient();
        var url = new Uri($"http://127.0.0.1:{port}/");
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
        {
            if (await AcceptsAsync(port))
            {
                using var response = await client.GetAsync(url);
                response.EnsureSuccessStatusCode();
                return Stopwatch.GetElapsedTime(started);
            }
            await Task.Delay(1);
        }
        throw new TimeoutException("the application did not answer within 30 s");
    }

    private static async Task<bool> AcceptsAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
