using System.Diagnostics;
using System.Text;
using Kip.Testing.Programs;

namespace Kip.Testing.Kubectl;

/// <summary>How a run of kubectl ended.</summary>
public sealed record KubectlResult(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Error}";
}

/// <summary>Runs the real kubectl with a kubeconfig, its caches in a folder of its own.</summary>
/// <param name="kubeconfig">Which cluster.</param>
/// <param name="home">A folder for caches and files; the current folder of every run.</param>
/// <param name="program">Which kubectl; null for <see cref="Program"/>.</param>
public sealed class KubectlRunner(string kubeconfig, string home, string? program = null)
{
    // A safety net: no test waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The program; <c>KIP_TEST_KUBECTL</c> names another version to test against.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("KIP_TEST_KUBECTL") is { Length: > 0 } other ? other : "kubectl";

    /// <summary>More environment variables for every run, such as <c>EDITOR</c>.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Runs kubectl to its end and expects success.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds everything it said.</exception>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var result = await TryAsync(null, arguments);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)}: {result}");
    }

    /// <summary>As <see cref="RunAsync"/>, with text on its standard input (<c>-f -</c>).</summary>
    public async Task<string> RunWithAsync(string input, params string[] arguments)
    {
        var result = await TryAsync(input, arguments);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)}: {result}");
    }

    /// <summary>Runs kubectl to its end, however it ends.</summary>
    public Task<KubectlResult> TryAsync(string? input, params string[] arguments) => TryAsync(input, arguments, null);

    /// <summary>The same with more environment variables for this run.</summary>
    public async Task<KubectlResult> TryAsync(string? input, string[] arguments, IReadOnlyDictionary<string, string>? variables)
    {
        using var running = Start(arguments, variables);
        var output = running.StandardOutput.ReadToEndAsync();
        var error = running.StandardError.ReadToEndAsync();
        await running.FeedAsync(input);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await running.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            running.Kill();
            throw new TimeoutException($"kubectl {string.Join(' ', arguments)} did not end: {await output}\n{await error}");
        }
        return new KubectlResult(running.ExitCode, await output, await error);
    }

    /// <summary>Starts kubectl and leaves it running, to be read line by line: <c>get -w</c>, <c>logs -f</c>. The caller kills and disposes it.</summary>
    public Process Start(params string[] arguments) => Start(arguments, null);

    private Process Start(string[] arguments, IReadOnlyDictionary<string, string>? variables)
    {
        var start = new ProcessStartInfo(program ?? Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = home,
        };
        start.ArgumentList.Add($"--kubeconfig={kubeconfig}");
        start.ArgumentList.Add($"--cache-dir={Path.Combine(home, "cache")}");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in Variables.Concat(variables ?? new Dictionary<string, string>())) start.Environment[name] = value;
        start.Environment["HOME"] = home;
        return Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} cannot be started");
    }
}
