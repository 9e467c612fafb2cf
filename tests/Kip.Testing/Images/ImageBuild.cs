using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kip.Testing.Images;

/// <summary>Puts a real image together without any tool: layers, config, manifest, index; written as an OCI layout or a <c>docker save</c> archive.</summary>
/// <remarks><see cref="BaseImages"/> has ready ones.</remarks>
public sealed class ImageBuild
{
    private const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    private readonly List<(byte[] Tar, LayerCompression Compression)> _layers = [];
    private readonly JsonObject _run = [];

    /// <summary><c>amd64</c>, <c>arm64</c>, …; this machine's unless changed.</summary>
    public string Architecture { get; init; } = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        var other => other.ToString().ToLowerInvariant(),
    };

    public ImageBuild Layer(ImageLayer layer, LayerCompression compression = LayerCompression.Gzip) => Layer(layer.ToTar(), compression);

    public ImageBuild Layer(byte[] tar, LayerCompression compression = LayerCompression.Gzip)
    {
        _layers.Add((tar, compression));
        return this;
    }

    public ImageBuild Entrypoint(params string[] words) => Set("Entrypoint", List(words));

    public ImageBuild Cmd(params string[] words) => Set("Cmd", List(words));

    public ImageBuild Env(params string[] variables) => Set("Env", List(variables));

    public ImageBuild User(string user) => Set("User", user);

    public ImageBuild WorkingDir(string path) => Set("WorkingDir", path);

    public ImageBuild ExposedPort(string port) => Set("ExposedPorts", new JsonObject { [port] = new JsonObject() });

    public ImageBuild StopSignal(string signal) => Set("StopSignal", signal);

    /// <summary>Everything of the image by digest, the manifest last.</summary>
    public BuiltImage Build()
    {
        var blobs = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var layers = new JsonArray();
        foreach (var (tar, compression) in _layers)
        {
            var suffix = compression switch { LayerCompression.Gzip => "+gzip", LayerCompression.Zstd => "+zstd", _ => "" };
            layers.Add(Describe(blobs, ImageLayer.Compress(tar, compression), OciLayer + suffix));
        }
        var config = Json(new JsonObject
        {
            ["architecture"] = Architecture, ["os"] = "linux", ["created"] = "2026-01-01T00:00:00Z", ["config"] = _run.DeepClone(),
            ["history"] = new JsonArray([.. _layers.Select(static _ => new JsonObject { ["created"] = "2026-01-01T00:00:00Z", ["created_by"] = "tests" })]),
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = List([.. _layers.Select(static l => DigestOf(l.Tar))]) },
        });
        var manifest = Json(new JsonObject
        {
            ["schemaVersion"] = 2, ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = Describe(blobs, config, "application/vnd.oci.image.config.v1+json"), ["layers"] = layers,
        });
        blobs[DigestOf(manifest)] = manifest;
        return new BuiltImage(blobs, manifest, config, [.. _layers.Select(static l => l.Tar)]);
    }

    internal static string DigestOf(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    internal static byte[] Json(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node);

    internal static JsonObject Describe(Dictionary<string, byte[]> blobs, byte[] content, string mediaType)
    {
        var digest = DigestOf(content);
        blobs[digest] = content;
        return new JsonObject { ["mediaType"] = mediaType, ["digest"] = digest, ["size"] = content.Length };
    }

    private ImageBuild Set(string key, JsonNode value)
    {
        _run[key] = value;
        return this;
    }

    private static JsonArray List(string[] words) => new([.. words.Select(static w => (JsonNode)w)]);
}

/// <summary>An image of which everything is known.</summary>
public sealed record BuiltImage(IReadOnlyDictionary<string, byte[]> Blobs, byte[] Manifest, byte[] Config, IReadOnlyList<byte[]> LayerTars)
{
    public string Digest => ImageBuild.DigestOf(Manifest);

    /// <summary>Writes an OCI layout folder.</summary>
    /// <param name="folder">Made if need be.</param>
    /// <param name="name">The tag, or the image's whole name.</param>
    public string WriteOciLayout(string folder, string name)
    {
        var blobs = Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256")).FullName;
        foreach (var (digest, content) in Blobs) File.WriteAllBytes(Path.Combine(blobs, digest["sha256:".Length..]), content);
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllBytes(Path.Combine(folder, "index.json"), ImageBuild.Json(new JsonObject
        {
            ["schemaVersion"] = 2, ["mediaType"] = "application/vnd.oci.image.index.v1+json",
            ["manifests"] = new JsonArray(new JsonObject
            {
                ["mediaType"] = "application/vnd.oci.image.manifest.v1+json", ["digest"] = Digest, ["size"] = Manifest.Length,
                ["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = name },
            }),
        }));
        return folder;
    }

    /// <summary>Writes an OCI layout as one tar file.</summary>
    public string WriteOciArchive(string file, string name)
    {
        var folder = Directory.CreateTempSubdirectory("kip-oci-").FullName;
        try
        {
            WriteOciLayout(folder, name);
            TarFile.CreateFromDirectory(folder, file, includeBaseDirectory: false);
            return file;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes what <c>docker save</c> of older versions writes.</summary>
    public string WriteDockerArchive(string file, string name)
    {
        using var writer = new TarWriter(File.Create(file));
        var config = $"{ImageBuild.DigestOf(Config)["sha256:".Length..]}.json";
        var layers = LayerTars.Select(static t => $"{ImageBuild.DigestOf(t)["sha256:".Length..]}/layer.tar").ToArray();
        foreach (var (path, tar) in layers.Zip(LayerTars)) Add(writer, path, tar);
        Add(writer, config, Config);
        Add(writer, "manifest.json", ImageBuild.Json(new JsonArray(new JsonObject
        {
            [nameof(Config)] = config, ["RepoTags"] = new JsonArray(name), ["Layers"] = new JsonArray([.. layers.Select(static l => (JsonNode)l)]),
        })));
        return file;
    }

    private static void Add(TarWriter writer, string path, byte[] content) =>
        writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(content) });
}
