using System.Diagnostics;

namespace Kip.Testing.Programs;

/// <summary>A program that goes on until it is interrupted; its lines are read as they come.</summary>
public sealed class FollowedProgram : IAsyncDisposable
{
    // A safety net: a line that never comes fails its test instead of the whole run.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;

    private FollowedProgram(Process process) => _process = process;

    public static FollowedProgram Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        // Where the tests run in the background SIGINT is ignored, and whoever is started inherits that.
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", program, .. arguments]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new FollowedProgram(Process.Start(start)!);
    }

    /// <summary>The next line on stdout that contains the text.</summary>
    /// <exception cref="InvalidOperationException">It ended before.</exception>
    public async Task<string> LineAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            if (line.Contains(text, StringComparison.Ordinal)) return line;
        throw new InvalidOperationException($"it ended without a line with \"{text}\"");
    }

    /// <summary>Presses Ctrl-C, as it were, and returns the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        await Command.RunAsync("/bin/kill", ["-INT", _process.Id.ToString()]);
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
