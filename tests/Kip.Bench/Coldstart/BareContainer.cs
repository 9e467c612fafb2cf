using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Kip.Testing.Traffic;

namespace Kip.Bench.Coldstart;

/// <summary>The same image without Kip: <c>crun run</c> of its root with the machine's network, asked until it answers.</summary>
/// <remarks>
/// The commands are given to a shell in a mount namespace of its own, where crun sees one cgroup hierarchy only, as Kip's does. Its root is
/// mounted before the clock is started.
/// </remarks>
internal sealed class BareContainer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-bare-").FullName;
    private readonly Process _shell;

    public BareContainer(IReadOnlyList<string> layersLowestFirst)
    {
        _shell = Process.Start(new ProcessStartInfo("unshare", ["-m", "sh"]) { RedirectStandardInput = true })!;
        _shell.StandardInput.AutoFlush = true;
        foreach (var part in (string[])["upper", "work", "root"]) Directory.CreateDirectory(Path.Combine(_folder, part));
        _shell.StandardInput.WriteLine("umount /sys/fs/cgroup/unified 2>/dev/null");
        _shell.StandardInput.WriteLine(
            $"mount -t overlay overlay -o lowerdir={string.Join(':', layersLowestFirst.Reverse())},upperdir={_folder}/upper,workdir={_folder}/work "
            + $"{_folder}/root");
    }

    /// <summary>Milliseconds from the start of crun to the first good answer.</summary>
    public async Task<double> MeasureAsync(string[] command)
    {
        var port = FreePort.Find();
        await File.WriteAllTextAsync(Path.Combine(_folder, "config.json"), Config(command, port));
        using var client = new HttpClient();
        var id = $"bare-{Path.GetFileName(_folder)}-{port}";
        var started = Stopwatch.GetTimestamp();
        await _shell.StandardInput.WriteLineAsync($"crun --cgroup-manager=cgroupfs run --bundle {_folder} {id} >/dev/null 2>{_folder}/errors &");
        while (!await AcceptsAsync(port))
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
                throw new TimeoutException($"crun: {await File.ReadAllTextAsync($"{_folder}/errors")}");
            await Task.Delay(1);
        }
        using (var response = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/"))) response.EnsureSuccessStatusCode();
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await _shell.StandardInput.WriteLineAsync($"crun --cgroup-manager=cgroupfs kill {id} KILL; wait");
        while (await AcceptsAsync(port)) await Task.Delay(5);
        return elapsed;
    }

    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
        Directory.Delete(_folder, recursive: true);
        // crun removes a container's own cgroup, not the one above it.
        foreach (var hierarchy in Directory.EnumerateDirectories("/sys/fs/cgroup"))
            if (Directory.Exists(Path.Combine(hierarchy, "kip-bare"))) Process.Start("rmdir", [Path.Combine(hierarchy, "kip-bare")]).WaitForExit();
    }

    private string Config(string[] command, int port)
    {
        var words = new JsonArray([.. command.Select(static w => (JsonNode)w)]);
        JsonObject Mount(string target, string type, params string[] options) => new()
        {
            ["destination"] = target, ["type"] = type, ["source"] = type, ["options"] = new JsonArray([.. options.Select(static o => (JsonNode)o)]),
        };
        return new JsonObject
        {
            ["ociVersion"] = "1.0.2",
            ["process"] = new JsonObject
            {
                ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 }, ["cwd"] = "/", ["args"] = words, ["noNewPrivileges"] = true,
                ["env"] = new JsonArray("PATH=/bin", $"PORT={port}"),
            },
            ["root"] = new JsonObject { ["path"] = $"{_folder}/root" },
            ["mounts"] = new JsonArray(
                Mount("/proc", "proc"), Mount("/dev", "tmpfs", "nosuid", "mode=755"), Mount("/dev/pts", "devpts", "newinstance", "ptmxmode=0666"),
                Mount("/sys", "sysfs", "ro")),
            ["linux"] = new JsonObject
            {
                ["cgroupsPath"] = $"/kip-bare/{port}",
                ["namespaces"] = new JsonArray([.. ((string[])["pid", "ipc", "uts", "mount"]).Select(static n => (JsonNode)new JsonObject { ["type"] = n })]),
            },
        }.ToJsonString();
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
