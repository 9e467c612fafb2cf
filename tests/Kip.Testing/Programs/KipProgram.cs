using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Kip.Testing.Programs;

/// <summary>The real kip, running as a process of its own on free ports over a folder of its own.</summary>
public sealed class KipProgram : IAsyncDisposable
{
    // A safety net: a platform that neither comes up nor ends fails its test instead of holding up the whole run.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly bool _ownsData;
    private readonly StringBuilder _said = new();
    private Process _process;

    private KipProgram(Process process, string data, bool ownsData) => (_process, Data, _ownsData) = (process, data, ownsData);

    public string Data { get; }

    public string Kubeconfig => Path.Combine(Data, "kubeconfig");

    public int ProcessId => _process.Id;

    public Uri Api { get; private set; } = null!;

    public Uri Gateway { get; private set; } = null!;

    /// <summary>Kip's own image registry, e.g. <c>127.0.0.1:41234</c>.</summary>
    public string Registry { get; private set; } = "";

    /// <summary>Where services are reached by HTTPS; null unless it was started with <c>--https</c>.</summary>
    public Uri? SecureGateway { get; private set; }

    /// <summary>All that the platform printed on stderr.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts kip and completes when it is ready.</summary>
    /// <param name="data">The data folder; null makes one that is removed at the end.</param>
    /// <param name="arguments">More of <c>kip up</c>'s options; the addresses default to free ports.</param>
    public static async Task<KipProgram> StartAsync(string? data = null, params string[] arguments)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("kip-test-").FullName;
        var program = new KipProgram(Launch(folder, arguments), folder, ownsData: data is null);
        try
        {
            await program.ReadyAsync();
            return program;
        }
        catch
        {
            program._process.Kill();
            throw;
        }
    }

    /// <summary>Ends the process without warning, as a power cut would, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts kip again over the same folder, after <see cref="KillAsync"/> or <see cref="StopAsync"/>.</summary>
    public async Task RestartAsync(params string[] arguments)
    {
        _process.Dispose();
        _process = Launch(Data, arguments);
        await ReadyAsync();
    }

    /// <summary>Asks kip to end and waits for it. Returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
            await Command.RunAsync("/bin/kill", ["-TERM", ProcessId.ToString()]);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            throw new TimeoutException($"kip did not end:\n{Said}");
        }
        return _process.ExitCode;
    }

    /// <summary>Runs a verb of kip against this platform.</summary>
    public Task<CommandResult> KipAsync(params string[] arguments) =>
        Command.RunAsync(Repository.Kip, arguments, Environment, directory: Repository.Root);

    /// <summary>The same with text on its standard input.</summary>
    public Task<CommandResult> KipWithInputAsync(string input, params string[] arguments) =>
        Command.RunAsync(Repository.Kip, arguments, Environment, input, Repository.Root);

    /// <summary>Starts a verb that goes on until it is interrupted.</summary>
    public FollowedProgram Follow(params string[] arguments) => FollowedProgram.Start(Repository.Kip, arguments, Environment);

    /// <summary>Runs the real kubectl against this platform.</summary>
    public Task<CommandResult> KubectlAsync(params string[] arguments) =>
        Command.RunAsync("kubectl", arguments, Environment, directory: Repository.Root);

    /// <summary>The same with text on its standard input.</summary>
    public Task<CommandResult> KubectlWithInputAsync(string input, params string[] arguments) =>
        Command.RunAsync("kubectl", arguments, Environment, input, Repository.Root);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
        if (!_ownsData) return;
        try
        {
            Directory.Delete(Data, recursive: true);
        }
        catch (IOException)
        {
            // A client that a test has just ended may still be writing to its cache; the folder is a temporary one.
        }
    }

    private Dictionary<string, string> Environment => new()
    {
        ["KUBECONFIG"] = Kubeconfig,
        ["KIP_DATA"] = Data,
        // kubectl's discovery cache is per home; each platform under test needs its own.
        ["KUBECACHEDIR"] = Path.Combine(Data, "kubectl-cache"),
    };

    private static Process Launch(string data, string[] arguments)
    {
        if (!File.Exists(Repository.Kip)) throw new InvalidOperationException($"{Repository.Kip} is not built; run eng/build-kip");
        string[] all = ["up", "-o", "json", "--data", data, "--api", "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--registry", "127.0.0.1:0", .. arguments];
        return Process.Start(new ProcessStartInfo(Repository.Kip, all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private async Task ReadyAsync()
    {
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_said) _said.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
        var json = new StringBuilder();
        // The instance is printed as one JSON object whose last line is a brace of its own.
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            json.AppendLine(line);
            if (line != "}") continue;
            using var instance = JsonDocument.Parse(json.ToString());
            Api = new Uri(instance.RootElement.GetProperty("api").GetString()!);
            Gateway = new Uri(instance.RootElement.GetProperty("gateway").GetString()!);
            Registry = instance.RootElement.GetProperty("registry").GetString()!;
            SecureGateway = instance.RootElement.TryGetProperty("https", out var secure) && secure.GetString() is { } address ? new Uri(address) : null;
            return;
        }
        await _process.WaitForExitAsync();
        throw new InvalidOperationException($"kip did not start (exit code {_process.ExitCode}):\n{Said}");
    }
}
