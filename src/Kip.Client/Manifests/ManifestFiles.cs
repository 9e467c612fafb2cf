using System.Text;
using System.Text.Json;
using Kip.Resources.Yaml;
using Kip.Resources;

namespace Kip.Client.Manifests;

/// <summary>Reads manifests: YAML or JSON, any number of documents, files, folders or standard input. And writes objects as YAML.</summary>
public static class ManifestFiles
{
    /// <summary>The largest file that is read.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Standard input, as a path.</summary>
    public const string StandardInput = "-";

    /// <summary>Reads everything that the paths name. Nothing is returned if anything is wrong.</summary>
    /// <param name="paths">Files, folders (their <c>.yaml</c>, <c>.yml</c> and <c>.json</c> files in order of name), or <c>-</c>.</param>
    /// <param name="standardInput">Where <c>-</c> is read from.</param>
    /// <param name="recursive">Whether the folders in a folder are read too.</param>
    /// <exception cref="ManifestException">Everything that is wrong, with file, document, line and what to do.</exception>
    public static IReadOnlyList<Manifest> Load(IEnumerable<string> paths, Stream standardInput, bool recursive = false)
    {
        var (texts, unreadable) = Texts(paths, standardInput, recursive);
        var (manifests, errors, _) = Parse(texts, []);
        errors.InsertRange(0, unreadable);
        return errors.Count > 0 ? throw new ManifestException(errors) : manifests;
    }

    /// <inheritdoc cref="Load"/>
    /// <param name="others">Tells kinds that are not built in; asked only when an object is of none that is.</param>
    public static async Task<IReadOnlyList<Manifest>> LoadAsync(
        IEnumerable<string> paths, Stream standardInput, Func<CancellationToken, Task<IReadOnlyList<KindDefinition>>> others, CancellationToken cancel)
    {
        var (texts, unreadable) = Texts(paths, standardInput, recursive: false);
        var (manifests, errors, unknown) = Parse(texts, []);
        if (unknown && unreadable.Count == 0) (manifests, errors, _) = Parse(texts, await others(cancel));
        errors.InsertRange(0, unreadable);
        return errors.Count > 0 ? throw new ManifestException(errors) : manifests;
    }

    /// <summary>Reads the objects in a text.</summary>
    /// <param name="text">YAML, or JSON if it begins with a brace.</param>
    /// <param name="file">What to call it in errors.</param>
    /// <exception cref="ManifestException">Everything that is wrong with it.</exception>
    public static IReadOnlyList<Manifest> Parse(string text, string file = StandardInput)
    {
        var (manifests, errors, _) = Parse([(file, text)], []);
        return errors.Count > 0 ? throw new ManifestException(errors) : manifests;
    }

    /// <summary>Writes an object as YAML, as <c>-o yaml</c> shows it.</summary>
    public static string ToYaml(Resource resource)
    {
        using var json = JsonDocument.Parse(resource.GetDefinition().Write(resource));
        return ToYaml(json.RootElement);
    }

    /// <summary>Writes JSON as YAML.</summary>
    public static string ToYaml(JsonElement json) => YamlWriter.Write(NodeJson.From(json));

    private static (List<Manifest> Manifests, List<ManifestError> Errors, bool Unknown) Parse(
        IReadOnlyList<(string File, string Text)> texts, IReadOnlyList<KindDefinition> others)
    {
        var manifests = new List<Manifest>();
        var errors = new List<ManifestError>();
        var unknown = false;
        foreach (var (file, text) in texts) unknown |= ManifestReader.Read(text, file, others, manifests, errors);
        return (manifests, errors, unknown);
    }

    private static (List<(string File, string Text)> Texts, List<ManifestError> Errors) Texts(IEnumerable<string> paths, Stream standardInput, bool recursive)
    {
        var texts = new List<(string, string)>();
        var errors = new List<ManifestError>();
        foreach (var path in paths)
            foreach (var file in Expand(path, recursive, errors)) ReadFile(file, standardInput, texts, errors);
        return (texts, errors);
    }

    private static string[] Expand(string path, bool recursive, List<ManifestError> errors)
    {
        if (path == StandardInput || File.Exists(path)) return [path];
        if (!Directory.Exists(path))
        {
            errors.Add(new(path, 0, 0, "there is no such file or folder"));
            return [];
        }
        var depth = recursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        var files = Directory.GetFiles(path, "*", depth)
            .Where(static f => Path.GetExtension(f).ToLowerInvariant() is ".yaml" or ".yml" or ".json")
            .Order(StringComparer.Ordinal).ToArray();
        if (files.Length == 0) errors.Add(new(path, 0, 0, "the folder holds no .yaml, .yml or .json file"));
        return files;
    }

    private static void ReadFile(string file, Stream standardInput, List<(string, string)> texts, List<ManifestError> errors)
    {
        try
        {
            if (file == StandardInput) ReadText(standardInput, file, texts, errors);
            else
            {
                using var stream = File.OpenRead(file);
                ReadText(stream, file, texts, errors);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new(file, 0, 0, $"cannot be read: {e.Message}"));
        }
        catch (DecoderFallbackException)
        {
            errors.Add(new(file, 0, 0, "is not text in UTF-8"));
        }
    }

    private static void ReadText(Stream stream, string file, List<(string, string)> texts, List<ManifestError> errors)
    {
        using var copy = new MemoryStream();
        var chunk = new byte[64 * 1024];
        while (stream.Read(chunk) is var read and > 0)
        {
            copy.Write(chunk, 0, read);
            if (copy.Length <= MaxBytes) continue;
            errors.Add(new(file, 0, 0, $"is larger than {MaxBytes / (1024 * 1024)} MiB: split it"));
            return;
        }
        var bytes = copy.GetBuffer().AsSpan(0, (int)copy.Length);
        texts.Add((file, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF')));
    }
}
