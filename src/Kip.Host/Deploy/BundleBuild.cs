using Kip.Host.CommandLine;
using Kip.Host.Platform;
using Kip.Runtime.Bundles;

namespace Kip.Host.Deploy;

/// <summary>Builds a directory into the data folder for people to watch.</summary>
internal static class BundleBuild
{
    /// <summary>The image of the built bundle, which its name stands for from now on.</summary>
    /// <exception cref="CommandFailure">It cannot be built; the message ends with what the tool wrote.</exception>
    public static async Task<string> RunAsync(DataFolder data, string directory, string name, CancellationToken cancel)
    {
        var bundle = await BuildAsync(data, directory, name, cancel);
        new BundleStore(data.Root).Tag(bundle.Image);
        return bundle.Image.ToString();
    }

    /// <summary>The built bundle, for which no name stands yet.</summary>
    /// <exception cref="CommandFailure">It cannot be built; the message ends with what the tool wrote.</exception>
    public static async Task<Bundle> BuildAsync(DataFolder data, string directory, string name, CancellationToken cancel)
    {
        var store = new BundleStore(data.Root);
        await using var progress = Progress.Start($"Building {name}");
        try
        {
            var steps = new Steps(progress, name);
            var result = await new BundleBuilder(store, TimeProvider.System).BuildAsync(directory, new BuildOptions { Name = name }, steps, cancel);
            return result.Bundle;
        }
        catch (BuildException failure)
        {
            throw new CommandFailure(failure.Output.Length == 0 ? failure.Message : $"{failure.Message}\n{failure.Output.TrimEnd()}");
        }
    }

    private sealed class Steps(Progress progress, string name) : IProgress<BuildProgress>
    {
        // What tools write is shown only when they fail; the step itself is enough to know that it goes on.
        public void Report(BuildProgress value)
        {
            if (!value.IsOutput) progress.Say($"Building {name}: {value.Text}");
        }
    }
}
