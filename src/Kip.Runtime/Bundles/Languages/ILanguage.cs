using Kip.Runtime.Bundles.Sources;

namespace Kip.Runtime.Bundles.Languages;

/// <summary>One way of making a bundle out of a source directory.</summary>
internal interface ILanguage
{
    /// <summary>As the manifest names it.</summary>
    string Name { get; }

    /// <summary>Whether the directory is of this kind.</summary>
    bool Recognises(SourceTree source);

    /// <summary>Adds what the result depends on besides the directory: files elsewhere, the tool that builds.</summary>
    void AddInputs(SourceTree source, TreeDigest digest, BuildOptions options);

    /// <summary>Fills the work folder's content and says how it is started.</summary>
    /// <exception cref="BuildException">It cannot be built.</exception>
    Task<BundleManifest> BuildAsync(BuildWork work, CancellationToken cancel);
}
