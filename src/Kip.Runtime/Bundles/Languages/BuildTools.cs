using System.Diagnostics;
using Kip.Resources;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Bundles.Languages;

/// <summary>Runs compilers and package managers and keeps what they write.</summary>
internal sealed class BuildTools(TimeSpan timeout, Action<BuildProgress> progress, TimeProvider time)
{
    private const int KeptLines = 200;

    /// <summary>The absolute path of a tool.</summary>
    /// <exception cref="BuildException">It is not installed; the message says how to get it.</exception>
    public static string Find(string tool, string advice) =>
        ProgramPath.Find(tool, "/", System.Environment.GetEnvironmentVariable("PATH"))
        ?? throw new BuildException($"{tool} was not found in PATH; {advice}");

    /// <summary>Runs a tool to its end.</summary>
    /// <returns>Its exit code and the last lines it wrote.</returns>
    public async Task<(int Code, string Output)> RunAsync(
        string program, ValueList<string> arguments, string folder, StringMap environment, CancellationToken cancel)
    {
        using var process = new Process { StartInfo = StartInfo(program, arguments, folder, environment) };
        var lines = new Queue<string>();
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            throw new BuildException($"{Path.GetFileName(program)} {arguments[0]} did not end within {timeout.TotalMinutes:0.#} minutes", Text());
        }
        return (process.ExitCode, Text());

        void Keep(string? line)
        {
            if (line is null) return;
            lock (lines)
            {
                lines.Enqueue(line);
                if (lines.Count > KeptLines) lines.Dequeue();
            }
            progress(new BuildProgress(line, IsOutput: true));
        }

        string Text()
        {
            lock (lines) return string.Join('\n', lines);
        }
    }

    /// <summary>Runs a tool that must succeed.</summary>
    /// <exception cref="BuildException">It failed; its output and the advice go with it.</exception>
    public async Task RunOrFailAsync(
        string program, ValueList<string> arguments, string folder, StringMap environment, string advice, CancellationToken cancel)
    {
        var (code, output) = await RunAsync(program, arguments, folder, environment, cancel);
        if (code != 0)
            throw new BuildException($"{Path.GetFileName(program)} {arguments[0]} failed with exit code {code}; {advice}", output);
    }

    private static ProcessStartInfo StartInfo(string program, ValueList<string> arguments, string folder, StringMap environment)
    {
        var info = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder, UseShellExecute = false,
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in arguments) info.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) info.Environment[name] = value;
        // Settings of the dotnet command that runs Kip itself must not leak into the one that builds for it.
        foreach (var name in (string[])["MSBuildSDKsPath", "MSBUILD_EXE_PATH", "MSBuildExtensionsPath"]) info.Environment.Remove(name);
        return info;
    }
}
