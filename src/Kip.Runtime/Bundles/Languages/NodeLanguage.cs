using System.Buffers;
using System.Text.Json;
using Kip.Resources;
using Kip.Runtime.Bundles.Sources;

namespace Kip.Runtime.Bundles.Languages;

/// <summary>A package.json: its dependencies are installed, its start script or main file is started.</summary>
internal sealed class NodeLanguage : ILanguage
{
    private const string GetNode = "install Node.js (Debian: apt-get install nodejs npm)";

    private static readonly SearchValues<char> ShellSigns = SearchValues.Create(";&|<>()`$'\"\\*");

    public string Name => "node";

    public bool Recognises(SourceTree source) => source.Has("package.json");

    public void AddInputs(SourceTree source, TreeDigest digest, BuildOptions options) => digest.Add(BuildTools.Find("node", GetNode));

    public async Task<BundleManifest> BuildAsync(BuildWork work, CancellationToken cancel)
    {
        var node = BuildTools.Find("node", GetNode);
        using var package = ReadPackage(work.Source);
        work.Source.CopyTo(work.Content);
        if (HasDependencies(package)) await InstallAsync(work, cancel);
        var command = Procfile.Read(work.Source) ?? Command(work.Source, package, node);
        return new BundleManifest
        {
            Name = work.Options.Name, Language = Name, Command = command, Environment = StringMap.Of(("NODE_ENV", "production")),
        };
    }

    private static JsonDocument ReadPackage(SourceTree source)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(source.PathOf("package.json")));
        }
        catch (JsonException wrong)
        {
            throw new BuildException($"{source.PathOf("package.json")} is not valid JSON: {wrong.Message}");
        }
    }

    private static bool HasDependencies(JsonDocument package) =>
        package.RootElement.TryGetProperty("dependencies", out var list) && list.ValueKind == JsonValueKind.Object && list.EnumerateObject().Any();

    private static Task InstallAsync(BuildWork work, CancellationToken cancel)
    {
        var npm = BuildTools.Find("npm", GetNode);
        var locked = work.Source.Has("package-lock.json") || work.Source.Has("npm-shrinkwrap.json");
        work.Say($"npm {(locked ? "ci" : "install")}");
        return work.Tools.RunOrFailAsync(npm, [locked ? "ci" : "install", "--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier"],
            work.Content, default, "mend package.json or its lock file and deploy again", cancel);
    }

    private static ValueList<string> Command(SourceTree source, JsonDocument package, string node)
    {
        if (package.RootElement.TryGetProperty("scripts", out var scripts) && scripts.TryGetProperty("start", out var start)
            && start.GetString() is { Length: > 0 } script)
        {
            var words = script.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // npm would take longer to start than most programs; a plain "node file" needs neither it nor a shell.
            if (words[0] == "node" && script.AsSpan().IndexOfAny(ShellSigns) < 0) return [node, .. words[1..]];
            return ["/bin/sh", "-c", $"PATH=\"$PWD/node_modules/.bin:$PATH\"; {script}"];
        }
        var main = package.RootElement.TryGetProperty("main", out var named) ? named.GetString() : null;
        foreach (var file in (string?[])[main, "server.js", "index.js", "app.js", "server.mjs", "index.mjs"])
            if (file is { Length: > 0 } && source.Has(file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file)) return [node, file];
        throw new BuildException($"{source.PathOf("package.json")} does not say how to start: add \"scripts\": {{\"start\": \"node server.js\"}}");
    }
}
