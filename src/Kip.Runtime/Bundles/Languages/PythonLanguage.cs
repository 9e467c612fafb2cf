using Kip.Resources;
using Kip.Runtime.Bundles.Sources;

namespace Kip.Runtime.Bundles.Languages;

/// <summary>Python: dependencies are installed beside the program, bytecode is compiled ahead, main.py or app.py is started.</summary>
internal sealed class PythonLanguage : ILanguage
{
    private const string GetPython = "install Python (Debian: apt-get install python3 python3-pip)";
    private const string Packages = ".kip-packages";

    public string Name => "python";

    public bool Recognises(SourceTree source) =>
        source.Has("requirements.txt") || source.Has("pyproject.toml") || source.Has("main.py") || source.Has("app.py");

    public void AddInputs(SourceTree source, TreeDigest digest, BuildOptions options) => digest.Add(BuildTools.Find("python3", GetPython));

    public async Task<BundleManifest> BuildAsync(BuildWork work, CancellationToken cancel)
    {
        var python = await InterpreterAsync(work, cancel);
        work.Source.CopyTo(work.Content);
        if (work.Source.Has("requirements.txt")) await PipAsync(work, python, ["-r", "requirements.txt"], cancel);
        else if (work.Source.Has("pyproject.toml")) await PipAsync(work, python, ["."], cancel);
        // Not by time stamps: a bundle is never changed, and copies of it need not be checked.
        await work.Tools.RunAsync(python, ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "."], work.Content, default, cancel);
        return new BundleManifest
        {
            Name = work.Options.Name,
            Language = Name,
            Command = Procfile.Read(work.Source) ?? [python, MainFile(work.Source)],
            Environment = StringMap.Of(("PYTHONUNBUFFERED", "1"), ("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONPATH", Packages)),
        };
    }

    private static async Task<string> InterpreterAsync(BuildWork work, CancellationToken cancel)
    {
        var found = BuildTools.Find("python3", GetPython);
        // What stands in PATH may be a version switcher's script, which would delay every start.
        var (code, output) = await work.Tools.RunAsync(found, ["-c", "import sys; print(sys.executable)"], work.Source.Root, default, cancel);
        var real = output.Trim();
        return code == 0 && File.Exists(real) ? real : found;
    }

    private static Task PipAsync(BuildWork work, string python, string[] what, CancellationToken cancel)
    {
        work.Say($"pip install {string.Join(' ', what)}");
        return work.Tools.RunOrFailAsync(python,
            ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile", "--root-user-action=ignore", "--target", Packages, .. what],
            work.Content, default, "mend the requirements, or install pip (Debian: apt-get install python3-pip), and deploy again", cancel);
    }

    private static string MainFile(SourceTree source) =>
        source.Has("main.py") ? "main.py"
        : source.Has("app.py") ? "app.py"
        : throw new BuildException(
            $"{source.Root} does not say how to start: name the program main.py or app.py, or add a Procfile with a line 'web: COMMAND'");
}
