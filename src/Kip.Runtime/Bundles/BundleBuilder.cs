using Kip.Runtime.Bundles.Languages;
using Kip.Runtime.Bundles.Sources;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Bundles;

/// <summary>Makes bundles out of source directories: C#, Node, Python, and programs with a Procfile.</summary>
/// <remarks>
/// A directory that has not changed is not built again. Nothing half done is ever visible: a bundle is made in a work folder and renamed
/// into place. Several builds, also of the same directory and in several processes, may run at once.
/// </remarks>
public sealed class BundleBuilder(BundleStore store, TimeProvider time)
{
    // Raised when the way of building changes, so that what earlier versions built is not taken for what this one would.
    private const string Version = "1";

    private static readonly ILanguage[] Languages = [new CSharpLanguage(), new NodeLanguage(), new PythonLanguage(), new ExecutableLanguage()];

    /// <summary>Builds a directory, or finds what was built of it before.</summary>
    /// <param name="directory">The source directory.</param>
    /// <param name="options">The bundle's name and the limits.</param>
    /// <param name="progress">Told each step and each line that tools write. Null: nobody.</param>
    /// <param name="cancel">Ends the build; tools are killed.</param>
    /// <exception cref="BuildException">It cannot be built; says why and what to do.</exception>
    public async Task<BuildResult> BuildAsync(
        string directory, BuildOptions options, IProgress<BuildProgress>? progress, CancellationToken cancel)
    {
        // 1. What is it?
        var root = Path.GetFullPath(directory);
        if (!Directory.Exists(root)) throw new BuildException($"{directory} is not a directory");
        if (!BundleImage.TryParse(new BundleImage(options.Name, new string('0', 64)).ToString(), out _))
            throw new BuildException($"\"{options.Name}\" cannot be a bundle's name: use lower-case letters, digits, '-', '.' and '_'");
        var source = SourceTree.Read(root, options);
        var language = Recognise(source, options);

        // 2. Has it been built?
        var inputs = InputDigest(source, language, options);
        if (FindBuilt(inputs, options.Name) is { } before) return new BuildResult(before, Reused: true);

        // 3. Build it, unless somebody else is at it already and gets done.
        var work = Path.Combine(store.Root, "work", inputs);
        Directory.CreateDirectory(Path.GetDirectoryName(work)!);
        await using var turn = await TakeTurnAsync(work + ".lock", cancel);
        if (FindBuilt(inputs, options.Name) is { } meanwhile) return new BuildResult(meanwhile, Reused: true);
        try
        {
            return new BuildResult(await BuildAsync(source, language, options, inputs, work, progress, cancel), Reused: false);
        }
        finally
        {
            if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        }
    }

    private async Task<Bundle> BuildAsync(
        SourceTree source, ILanguage language, BuildOptions options, string inputs, string work, IProgress<BuildProgress>? progress,
        CancellationToken cancel)
    {
        // A build that was cut off has left its folder.
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        var bundle = Path.Combine(work, "bundle");
        var content = Directory.CreateDirectory(Path.Combine(bundle, Bundle.ContentFolder)).FullName;
        var scratch = Directory.CreateDirectory(Path.Combine(work, "scratch")).FullName;
        Action<BuildProgress> tell = progress is null ? static _ => { } : progress.Report;
        var manifest = await language.BuildAsync(
            new BuildWork(source, options, content, scratch, new BuildTools(options.ToolTimeout, tell, time), tell), cancel);
        await File.WriteAllBytesAsync(Path.Combine(bundle, BundleManifest.FileName), manifest.Write(), cancel);
        var hex = ContentDigest(content, manifest);
        store.Adopt(bundle, hex);
        WriteIndex(inputs, hex);
        return store.Find(new BundleImage(options.Name, hex))
            ?? throw new BuildException($"the bundle was built but cannot be found in {store.Root}; is somebody else cleaning up there?");
    }

    private static ILanguage Recognise(SourceTree source, BuildOptions options)
    {
        if (options.Language is { } wanted)
            return Languages.FirstOrDefault(l => l.Name == wanted)
                ?? throw new BuildException($"\"{wanted}\" is no language Kip builds; choose one of {string.Join(", ", Languages.Select(static l => l.Name))}");
        return Languages.FirstOrDefault(l => l.Recognises(source)) ?? throw new BuildException(
            $"cannot tell what {source.Root} is: it has no .csproj, package.json, requirements.txt, pyproject.toml, main.py or Procfile; "
            + "for any other program add a Procfile with a line 'web: COMMAND'");
    }

    private static string InputDigest(SourceTree source, ILanguage language, BuildOptions options)
    {
        using var digest = new TreeDigest();
        digest.Add(Version);
        digest.Add(language.Name);
        // Compilers write the directory's path into what they make.
        digest.Add(source.Root);
        digest.Add(source);
        language.AddInputs(source, digest, options);
        return digest.Finish();
    }

    private static string ContentDigest(string content, BundleManifest manifest)
    {
        using var digest = new TreeDigest();
        foreach (var word in manifest.Command) digest.Add(word);
        digest.Add("");
        foreach (var (name, value) in manifest.Environment) digest.Add($"{name}={value}");
        digest.Add("");
        digest.AddFolder(content);
        return digest.Finish();
    }

    private Bundle? FindBuilt(string inputs, string name)
    {
        var index = Path.Combine(store.Root, "inputs", inputs);
        return File.Exists(index) ? store.Find(new BundleImage(name, File.ReadAllText(index))) : null;
    }

    private void WriteIndex(string inputs, string hex)
    {
        var folder = Directory.CreateDirectory(Path.Combine(store.Root, "inputs")).FullName;
        var fresh = Path.Combine(folder, inputs + ".new");
        File.WriteAllText(fresh, hex);
        File.Move(fresh, Path.Combine(folder, inputs), overwrite: true);
    }

    /// <summary>Waits until no other build of the same inputs is under way, in this process or another.</summary>
    private async Task<FileStream> TakeTurnAsync(string file, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (held.HResult == LibC.TryAgain)
            {
                // The lock is the kernel's, on the file, and goes with its holder; the kernel does not say when.
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancel);
            }
        }
    }
}
