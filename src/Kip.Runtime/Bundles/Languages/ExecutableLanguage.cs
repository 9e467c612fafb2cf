using Kip.Resources;
using Kip.Runtime.Bundles.Sources;

namespace Kip.Runtime.Bundles.Languages;

/// <summary>A program that needs no building: the directory as it is, started as its Procfile says.</summary>
internal sealed class ExecutableLanguage : ILanguage
{
    public string Name => "executable";

    public bool Recognises(SourceTree source) => source.Has(Procfile.FileName);

    public void AddInputs(SourceTree source, TreeDigest digest, BuildOptions options) { }

    public Task<BundleManifest> BuildAsync(BuildWork work, CancellationToken cancel)
    {
        work.Source.CopyTo(work.Content);
        var command = Procfile.Read(work.Source)
            ?? throw new BuildException($"{work.Source.Root} has no Procfile; add one with a line 'web: COMMAND'");
        return Task.FromResult(new BundleManifest { Name = work.Options.Name, Language = Name, Command = command, Environment = StringMap.Of() });
    }
}
