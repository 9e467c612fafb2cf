using System.ComponentModel;
using System.Diagnostics;
using Kip.Host.CommandLine;
using Kip.Host.Commands;
using Kip.Host.Commands.Images;
using Kip.Host.Platform;
using Kip.Host.Platform.Starting;
using Kip.Images.Archives;
using Kip.Images.Pulling;
using Kip.Images.References;
using Kip.Images.Registry;
using Kip.Images.Storage;

namespace Kip.Host.Deploy;

/// <summary>Runs a Dockerfile through buildah and loads what it gives. <c>FROM kip.local/NAME</c> is Kip's own registry.</summary>
internal static class DockerfileBuild
{
    public const string FileName = "Dockerfile";
    private const int LinesOfOutput = 30;

    /// <exception cref="CommandFailure">buildah is missing or failed; the message ends with what it wrote.</exception>
    public static async Task<Digest> RunAsync(DataFolder data, string directory, ImageReference target, CancellationToken cancel)
    {
        var scratch = Directory.CreateTempSubdirectory("kip-build-").FullName;
        try
        {
            await using var progress = Progress.Start($"Building {target.Repository}: {FileName}");
            var environment = Settings(data, scratch);
            var tag = $"localhost/kip-build/{target.Repository}:latest";
            var archive = Path.Combine(scratch, "image.tar");
            await BuildahAsync(
                ["build", "--layers", "--isolation", "chroot", "-t", tag, "-f", Path.Combine(directory, FileName), directory], environment, directory,
                progress, cancel);
            await BuildahAsync(["push", .. Policy(scratch), tag, $"oci-archive:{archive}:latest"], environment, directory, progress, cancel);
            progress.Say($"Loading {target.Repository}");
            var loaded = await new ImageArchive(LocalImages.Open(new ImageFolders(data.Root))).LoadAsync(archive, target, progress.Say, cancel);
            return loaded[0].Digest;
        }
        catch (ArchiveException failure)
        {
            throw new CommandFailure(failure.Message);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    // What only this build is told: where Kip's registry is, and its password beside those that the user has.
    private static Dictionary<string, string> Settings(DataFolder data, string scratch)
    {
        if (InstanceFile.Read(data)?.Registry is not { } address) return [];
        var token = RegistryToken.Open(data.Root);
        var registries = Path.Combine(scratch, "registries.conf");
        File.WriteAllText(registries, $"""
            unqualified-search-registries = ["docker.io"]
            [[registry]]
            prefix = "{ImageReference.OwnRegistry}"
            location = "{address}"
            insecure = true
            """);
        var credentials = Path.Combine(scratch, "auth.json");
        if (File.Exists(Credentials.UsualFile)) File.Copy(Credentials.UsualFile, credentials);
        RegistryCommand.Write(credentials, [ImageReference.OwnRegistry, address], token);
        return new() { ["CONTAINERS_REGISTRIES_CONF"] = registries, ["REGISTRY_AUTH_FILE"] = credentials };
    }

    // Debian's buildah refuses everything where nobody has written a policy, even pushing into a file.
    private static string[] Policy(string scratch)
    {
        if (File.Exists("/etc/containers/policy.json") || File.Exists(Path.Combine(DataFolder.Home, ".config/containers/policy.json"))) return [];
        var policy = Path.Combine(scratch, "policy.json");
        File.WriteAllText(policy, """{"default":[{"type":"insecureAcceptAnything"}]}""");
        return ["--signature-policy", policy];
    }

    private static async Task BuildahAsync(
        string[] arguments, Dictionary<string, string> environment, string directory, Progress progress, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("buildah", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Start(start);
        var last = new Queue<string>();
        try
        {
            await Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        if (process.ExitCode != 0) throw new CommandFailure($"buildah {arguments[0]} failed; mend the {FileName} and deploy again\n{string.Join('\n', last)}");

        async Task ReadAsync(StreamReader lines)
        {
            while (await lines.ReadLineAsync(cancel) is { } line)
            {
                if (line.StartsWith("STEP ", StringComparison.Ordinal)) progress.Say($"Building: {line}");
                lock (last)
                {
                    last.Enqueue(line);
                    if (last.Count > LinesOfOutput) last.Dequeue();
                }
            }
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new CommandFailure(
                $"a {FileName} is built by buildah, which is not installed; install it (apt-get install buildah), or deploy without a {FileName}");
        }
    }
}
