using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kip.Images.Pulling;

/// <summary>Asks <c>docker-credential-NAME</c>, the program that Docker keeps credentials with.</summary>
public static partial class CredentialHelper
{
    private const int MaxAnswerChars = 64 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The credential of a registry; null when the helper knows none.</summary>
    /// <exception cref="ImageException">The helper cannot be run, or does not answer in time.</exception>
    public static async Task<RegistryCredential?> AskAsync(string helper, string registry, TimeProvider time, CancellationToken cancel)
    {
        // The name comes from a file that others may have written: it names a program on the path, never a path.
        if (!Name().IsMatch(helper)) throw new ImageException(ImageFailure.ErrImagePull, $"the credential helper \"{helper}\" has no valid name");
        foreach (var key in DockerConfig.KeysOf(registry).Take(2))
            if (await RunAsync($"docker-credential-{helper}", key, time, cancel) is { } credential) return credential;
        return null;
    }

    private static async Task<RegistryCredential?> RunAsync(string program, string key, TimeProvider time, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        using var process = Start(program);
        try
        {
            await process.StandardInput.WriteAsync(key.AsMemory(), either.Token);
            process.StandardInput.Close();
            var answer = new char[MaxAnswerChars];
            var read = await process.StandardOutput.ReadBlockAsync(answer, either.Token);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0 ? Read(program, new string(answer, 0, read)) : null;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new ImageException(ImageFailure.ErrImagePull, $"{program} did not answer within {Patience.TotalSeconds:0} s");
        }
        catch (IOException)
        {
            // It ended without reading; its exit code is all there is to know, and it is no credential.
            return null;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(string program)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, ["get"])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new ImageException(ImageFailure.ErrImagePull, $"the credentials file names {program}, which cannot be started: {missing.Message}", missing);
        }
    }

    private static RegistryCredential? Read(string program, string answer)
    {
        try
        {
            var parsed = JsonSerializer.Deserialize(answer, DockerConfigJson.Default.HelperAnswer);
            if (parsed?.Secret is not { Length: > 0 } secret) return null;
            return parsed.Username == "<token>" ? new("", "", secret) : new(parsed.Username ?? "", secret);
        }
        catch (JsonException)
        {
            throw new ImageException(ImageFailure.ErrImagePull, $"{program} answered something that is no credential");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex Name();
}
