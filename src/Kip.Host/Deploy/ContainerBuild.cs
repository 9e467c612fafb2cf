using Kip.Host.CommandLine;
using Kip.Host.Commands;
using Kip.Host.Commands.Images;
using Kip.Host.Platform;
using Kip.Host.Platform.Images;
using Kip.Images;
using Kip.Images.Builds;
using Kip.Images.Manifests;
using Kip.Images.References;
using Kip.Runtime.Bundles;

namespace Kip.Host.Deploy;

/// <summary>Builds a directory into a container image in Kip's own registry: by its Dockerfile, or, without one, over a base image.</summary>
internal static class ContainerBuild
{
    /// <summary>The image by its digest; <c>kip.local/NAME:latest</c> stands for it from now on.</summary>
    /// <param name="data">Whose registry.</param>
    /// <param name="directory">The source.</param>
    /// <param name="name">The image's name.</param>
    /// <param name="baseImage">What to build upon; null: the Dockerfile's, or the usual one of the language.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="CommandFailure">It cannot be built; the message says what to do.</exception>
    public static async Task<string> RunAsync(DataFolder data, string directory, string name, string? baseImage, CancellationToken cancel)
    {
        var target = new ImageReference(ImageReference.OwnRegistry, name, "latest", null);
        var hasDockerfile = File.Exists(Path.Combine(directory, DockerfileBuild.FileName));
        if (hasDockerfile && baseImage is not null)
            throw new CommandFailure($"{directory} has a Dockerfile, which names its base itself; leave --base out, or the Dockerfile");
        var digest = hasDockerfile
            ? await DockerfileBuild.RunAsync(data, directory, target, cancel)
            : await OverBaseAsync(data, directory, target, baseImage, cancel);
        return target.At(digest).ToString();
    }

    private static async Task<Digest> OverBaseAsync(DataFolder data, string directory, ImageReference target, string? baseImage, CancellationToken cancel)
    {
        var bundle = await BundleBuild.BuildAsync(data, directory, target.Repository, cancel);
        var below = ImageNames.Parse(baseImage ?? UsualBase(bundle), data);
        await using var progress = Progress.Start($"Getting {below}");
        var stores = ImageStores.Open(data, TimeProvider.System);
        try
        {
            var found = await BaseAsync(stores, below, progress, cancel);
            progress.Say($"Putting {target.Repository} over {below}");
            return await new AppImage(stores.Images).BuildAsync(below, found, OptionsOf(bundle, target), cancel);
        }
        catch (Exception failure) when (failure is ImageException or ManifestException)
        {
            throw new CommandFailure(
                $"there is no base image {below}: {failure.Message}. Name one that can be had with --base IMAGE; kip image load FILE brings one here");
        }
        finally
        {
            stores.Puller.Dispose();
            stores.Registries.Dispose();
        }
    }

    private static async Task<Digest> BaseAsync(ImageStores stores, ImageReference below, Progress progress, CancellationToken cancel)
    {
        if (stores.Images.Find(below) is { } here) return here.Digest;
        if (below.Registry == ImageReference.OwnRegistry) throw new ImageException(ImageFailure.ErrImagePull, "Kip's own registry does not have it");
        return await stores.Puller.PullAsync(below, [], new Told(progress), cancel, whole: true);
    }

    private static AppImageOptions OptionsOf(Bundle bundle, ImageReference target) => new()
    {
        Name = target, Folder = bundle.Content, Entrypoint = Entrypoint(bundle),
        // Where Knative sends requests unless the service says otherwise.
        Env = bundle.Manifest.Language == "csharp" ? ["ASPNETCORE_HTTP_PORTS=8080", "DOTNET_NOLOGO=1"] : [],
    };

    private static IReadOnlyList<string> Entrypoint(Bundle bundle)
    {
        var command = bundle.Manifest.Command;
        var program = command[0];
        // The small program beside the library looks for .NET where this machine has it; the base image's own knows better.
        if (bundle.Manifest.Language == "csharp" && program.StartsWith("./", StringComparison.Ordinal)
            && File.Exists(Path.Combine(bundle.Content, program + ".dll")))
            return ["dotnet", program[2..] + ".dll", .. command.Skip(1)];
        // A language's program is at another place in the base image.
        return [Path.IsPathRooted(program) ? Path.GetFileName(program) : program, .. command.Skip(1)];
    }

    private static string UsualBase(Bundle bundle) => bundle.Manifest.Language switch
    {
        "csharp" => "mcr.microsoft.com/dotnet/aspnet:10.0",
        "node" => "docker.io/library/node:22-slim",
        "executable" => "docker.io/library/debian:stable-slim",
        var other =>
            throw new CommandFailure($"a container of {other} needs to be told what to build upon: name a base with --base IMAGE, or write a Dockerfile"),
    };

    private sealed class Told(Progress progress) : IProgress<PullProgress>
    {
        public void Report(PullProgress value) =>
            progress.Say(value.TotalBytes == 0 ? $"{value.Image}: {value.Text}" : $"{value.Image}: {value.Text}, {value.DoneBytes / 1e6:0.0} of "
                + $"{value.TotalBytes / 1e6:0.0} MB");
    }
}
