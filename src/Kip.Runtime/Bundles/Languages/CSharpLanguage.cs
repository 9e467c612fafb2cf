using System.Runtime.InteropServices;
using Kip.Resources;
using Kip.Runtime.Bundles.Sources;

namespace Kip.Runtime.Bundles.Languages;

/// <summary>A csproj: published for this machine, compiled ahead of time where that can be had, with the host's shared framework.</summary>
internal sealed class CSharpLanguage : ILanguage
{
    private const string GetDotnet = "install the .NET SDK (https://dot.net)";

    // What it says when the ahead-of-time compiler, a package of its own, cannot be restored.
    private static readonly string[] NoReadyToRun = ["NETSDK1094", "NU1101", "NU1102", "NU1301", "Crossgen2", "crossgen2"];

    public string Name => "csharp";

    public bool Recognises(SourceTree source) => source.Files.Any(IsProject);

    public void AddInputs(SourceTree source, TreeDigest digest, BuildOptions options)
    {
        digest.Add(BuildTools.Find("dotnet", GetDotnet));
        digest.Add(System.Environment.Version.ToString());
        foreach (var file in CSharpInputs.AmbientFiles(source.Root)) digest.AddFile(file, file);
        foreach (var folder in CSharpInputs.ReferencedFolders(source.PathOf(Project(source)))) digest.Add(SourceTree.Read(folder, options));
    }

    public async Task<BundleManifest> BuildAsync(BuildWork work, CancellationToken cancel)
    {
        var dotnet = BuildTools.Find("dotnet", GetDotnet);
        var project = work.Source.PathOf(Project(work.Source));
        work.Say($"dotnet publish {Path.GetFileName(project)}");
        var (code, output) = await PublishAsync(work, dotnet, project, readyToRun: true, cancel);
        if (code != 0 && NoReadyToRun.Any(output.Contains))
        {
            work.Say("dotnet publish again, without ahead-of-time compilation, which cannot be had here");
            (code, output) = await PublishAsync(work, dotnet, project, readyToRun: false, cancel);
        }
        if (code != 0) throw new BuildException($"dotnet publish of {Path.GetFileName(project)} failed; mend what the compiler names and deploy again", output);
        return new BundleManifest
        {
            Name = work.Options.Name,
            Language = Name,
            Command = Procfile.Read(work.Source) ?? Command(work, project),
            // Where ASP.NET Core listens unless the program says otherwise.
            Environment = StringMap.Of(("ASPNETCORE_URLS", "http://127.0.0.1:$(PORT)"), ("DOTNET_NOLOGO", "1")),
        };
    }

    private static Task<(int Code, string Output)> PublishAsync(
        BuildWork work, string dotnet, string project, bool readyToRun, CancellationToken cancel)
    {
        ValueList<string> arguments =
        [
            "publish", project, "-c", "Release", "-o", work.Content, "--artifacts-path", Path.Combine(work.Scratch, "artifacts"),
            "-r", RuntimeInformation.RuntimeIdentifier, "--no-self-contained", $"-p:PublishReadyToRun={(readyToRun ? "true" : "false")}",
            // No server process is left behind.
            "-p:UseSharedCompilation=false", "-nodeReuse:false", "-nologo", "-v:minimal",
        ];
        return work.Tools.RunAsync(dotnet, arguments, work.Source.Root,
            StringMap.Of(("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0")), cancel);
    }

    private static ValueList<string> Command(BuildWork work, string project)
    {
        var configured = Directory.EnumerateFiles(work.Content, "*.runtimeconfig.json").Select(Path.GetFileName).ToArray();
        if (configured.Length != 1)
            throw new BuildException($"{Path.GetFileName(project)} gives no program; set <OutputType>Exe</OutputType>, or use Sdk=\"Microsoft.NET.Sdk.Web\"");
        var name = configured[0]![..^".runtimeconfig.json".Length];
        return File.Exists(Path.Combine(work.Content, name)) ? ["./" + name] : ["dotnet", name + ".dll"];
    }

    private static string Project(SourceTree source)
    {
        string[] projects = [.. source.Files.Where(IsProject)];
        return projects.Length == 1
            ? projects[0]
            : throw new BuildException($"{source.Root} has {projects.Length} projects ({string.Join(", ", projects)}); deploy the folder of one");
    }

    private static bool IsProject(string file) => file.EndsWith(".csproj", StringComparison.Ordinal) && !file.Contains('/');
}
