using Kip.Host.CommandLine;

namespace Kip.Host.Quickstart;

/// <summary>Finds the samples: below the current folder, or above the program, which a checkout builds inside itself.</summary>
internal static class SampleFolder
{
    /// <exception cref="CommandFailure">There is no such sample in either place.</exception>
    public static string Find(string sample)
    {
        foreach (var start in (string[])[Directory.GetCurrentDirectory(), AppContext.BaseDirectory])
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (Directory.Exists(Path.Combine(folder.FullName, "samples", sample)))
                    return Path.Combine(folder.FullName, "samples", sample);
        throw new CommandFailure($"the sample {sample} is not here; run kip quickstart in a checkout of Kip");
    }
}
