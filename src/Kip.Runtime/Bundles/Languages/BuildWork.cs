using Kip.Runtime.Bundles.Sources;

namespace Kip.Runtime.Bundles.Languages;

/// <summary>One build under way.</summary>
/// <param name="Source">What is built.</param>
/// <param name="Options">How it is called and what its limits are.</param>
/// <param name="Content">The folder to fill; it becomes the bundle's content.</param>
/// <param name="Scratch">A folder for whatever else tools write; it goes away after the build.</param>
/// <param name="Tools">Runs tools.</param>
/// <param name="Progress">Told what happens.</param>
internal sealed record BuildWork(
    SourceTree Source, BuildOptions Options, string Content, string Scratch, BuildTools Tools, Action<BuildProgress> Progress)
{
    public void Say(string text) => Progress(new BuildProgress(text, IsOutput: false));
}
