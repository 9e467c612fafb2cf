using System.Diagnostics;

namespace Kip.Testing.Kubectl;

/// <summary>One version of kubectl at work in a namespace of its own, told what to do as a person types it.</summary>
/// <param name="program">Which kubectl.</param>
/// <param name="kubeconfig">Names the platform, and the namespace that counts where a command names none.</param>
/// <param name="folder">The current folder of every command.</param>
/// <param name="space">That namespace.</param>
public sealed class KubectlSession(KubectlProgram program, string kubeconfig, string folder, string space)
{
    // A safety net: a line that never comes fails its test instead of the whole run.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly KubectlRunner _runner = new(kubeconfig, folder, program.Path);

    public KubectlProgram Program { get; } = program;

    public string Folder { get; } = folder;

    /// <summary>The namespace that the kubeconfig names.</summary>
    public string Namespace { get; } = space;

    /// <summary>Runs <c>kubectl LINE</c> and returns what it printed.</summary>
    /// <param name="line">Words; single quotes keep blanks together.</param>
    /// <param name="input">For its standard input.</param>
    /// <exception cref="InvalidOperationException">It failed; the message holds all that it said.</exception>
    public async Task<string> DoAsync(string line, string? input = null)
    {
        var result = await TryAsync(line, input);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"{Program.Label} {line}: {result}");
    }

    /// <summary>Runs <c>kubectl LINE</c>, which must not succeed, and returns what it said on stderr.</summary>
    public async Task<string> RefusedAsync(string line, string? input = null)
    {
        var result = await TryAsync(line, input);
        return result.ExitCode != 0 ? result.Error : throw new InvalidOperationException($"{Program.Label} {line} was not refused: {result}");
    }

    /// <summary>Runs <c>kubectl LINE</c>, however it ends.</summary>
    public Task<KubectlResult> TryAsync(string line, string? input = null, IReadOnlyDictionary<string, string>? variables = null) =>
        _runner.TryAsync(input, CommandLineText.Split(line), variables);

    /// <summary>Starts <c>kubectl LINE</c> to be read while it runs. The caller kills and disposes it.</summary>
    public Process Start(string line) => _runner.Start(CommandLineText.Split(line));

    /// <summary>The next line that a started kubectl prints; null when it has ended.</summary>
    /// <exception cref="TimeoutException">None came for two minutes.</exception>
    public static Task<string?> LineAsync(Process running) => running.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    /// <summary>How a started kubectl ended.</summary>
    /// <exception cref="TimeoutException">It did not end in two minutes.</exception>
    public static async Task<int> ExitAsync(Process running)
    {
        await running.WaitForExitAsync().WaitAsync(Patience);
        return running.ExitCode;
    }

    /// <summary>Puts a file into the folder; returns its name there.</summary>
    public string File(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        return name;
    }
}
