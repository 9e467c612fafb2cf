using System.Text;
using System.Text.Json;
using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Environment;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Volumes;

/// <summary>Gathers a volume's files from ConfigMaps, Secrets and the pod itself, as the kubelet does.</summary>
internal sealed class VolumeSources(IResources resources, IPodIdentity? identity, Pod pod)
{
    private const int DefaultMode = 0b110_100_100;

    private readonly string _namespace = pod.Metadata.Namespace ?? "";

    /// <summary>The names of the ConfigMaps and Secrets that were asked for: when one of them changes, the files do.</summary>
    public HashSet<(string Kind, string Name)> Names { get; } = [];

    /// <summary>When the first of the tokens that were read wants a successor; null: there are none. Reset by whoever reads all anew.</summary>
    public DateTimeOffset? RenewAt { get; set; }

    /// <summary>Whether a volume's files come from here.</summary>
    public static bool Has(Volume volume) =>
        volume.ConfigMap is not null || volume.Secret is not null || volume.Projected is not null || volume.DownwardAPI is not null;

    /// <summary>The volume's files as they should be now. Of two with one path the later wins.</summary>
    /// <exception cref="ContainerSetupException">Something that is not optional is not there.</exception>
    public async Task<IReadOnlyCollection<VolumeFile>> ReadAsync(Volume volume, CancellationToken cancel)
    {
        var files = new SortedDictionary<string, VolumeFile>(StringComparer.Ordinal);
        if (volume.ConfigMap is { } map)
            await AddConfigMapAsync(files, volume, map.Name, map.Items, map.Optional == true, map.DefaultMode ?? DefaultMode, cancel);
        if (volume.Secret is { } secret)
            await AddSecretAsync(files, volume, secret.SecretName, secret.Items, secret.Optional == true, secret.DefaultMode ?? DefaultMode, cancel);
        if (volume.DownwardAPI is { } downward)
        {
            using var json = JsonDocument.Parse(downward.Text);
            AddDownward(files, volume, json.RootElement, ModeOf(json.RootElement, "defaultMode") ?? DefaultMode);
        }
        if (volume.Projected is { } projected) await AddProjectedAsync(files, volume, projected, cancel);
        return files.Values;
    }

    private async Task AddProjectedAsync(SortedDictionary<string, VolumeFile> files, Volume volume, RawJson projected, CancellationToken cancel)
    {
        using var json = JsonDocument.Parse(projected.Text);
        var mode = ModeOf(json.RootElement, "defaultMode") ?? DefaultMode;
        if (!json.RootElement.TryGetProperty("sources", out var sources)) return;
        foreach (var source in sources.EnumerateArray())
        {
            if (source.TryGetProperty("configMap", out var map))
                await AddConfigMapAsync(files, volume, Text(map, "name"), Items(map), Flag(map, "optional"), mode, cancel);
            if (source.TryGetProperty("secret", out var secret))
                await AddSecretAsync(files, volume, Text(secret, "name"), Items(secret), Flag(secret, "optional"), mode, cancel);
            if (source.TryGetProperty("downwardAPI", out var downward)) AddDownward(files, volume, downward, mode);
            if (source.TryGetProperty("serviceAccountToken", out var token)) AddToken(files, volume, token, mode);
            if (source.TryGetProperty("kipAuthority", out var authority) && ApiAccess.Is(volume))
                Add(files, volume, Text(authority, "path") ?? "", Encoding.UTF8.GetBytes(identity!.AuthorityPem), mode);
        }
    }

    private void AddToken(SortedDictionary<string, VolumeFile> files, Volume volume, JsonElement source, int mode)
    {
        const long Usual = 3600;
        if (identity is null) throw Failed(volume, "serviceAccountToken: here pods cannot reach the API, so there are no tokens for them");
        var seconds = source.TryGetProperty("expirationSeconds", out var wanted) && wanted.ValueKind == JsonValueKind.Number ? wanted.GetInt64() : Usual;
        try
        {
            var token = identity.Issue(pod, Text(source, "audience"), seconds);
            if (RenewAt is null || token.RenewAt < RenewAt) RenewAt = token.RenewAt;
            Add(files, volume, Text(source, "path") ?? "", Encoding.UTF8.GetBytes(token.Text), mode);
        }
        catch (ApiException refused)
        {
            throw Failed(volume, refused.Message);
        }
    }

    private async Task AddConfigMapAsync(
        SortedDictionary<string, VolumeFile> files, Volume volume, string? name, ValueList<KeyToPath> items, bool optional, int mode, CancellationToken cancel)
    {
        Names.Add((ConfigMap.Definition.Kind, name ?? ""));
        var map = await resources.GetAsync<ConfigMap>(new(_namespace, name ?? ""), cancel);
        if (map is null && !optional) throw Failed(volume, $"configmap \"{name}\" not found");
        if (map is null) return;
        var content = map.Data.ToDictionary(static e => e.Key, static e => Encoding.UTF8.GetBytes(e.Value), StringComparer.Ordinal);
        foreach (var (key, value) in map.BinaryData) content[key] = Decode(volume, value);
        Add(files, volume, $"configmap \"{name}\"", content, items, optional, mode);
    }

    private async Task AddSecretAsync(
        SortedDictionary<string, VolumeFile> files, Volume volume, string? name, ValueList<KeyToPath> items, bool optional, int mode, CancellationToken cancel)
    {
        Names.Add((Secret.Definition.Kind, name ?? ""));
        var secret = await resources.GetAsync<Secret>(new(_namespace, name ?? ""), cancel);
        if (secret is null && !optional) throw Failed(volume, $"secret \"{name}\" not found");
        if (secret is null) return;
        var content = secret.Data.ToDictionary(static e => e.Key, e => Decode(volume, e.Value), StringComparer.Ordinal);
        Add(files, volume, $"secret \"{name}\"", content, items, optional, mode);
    }

    private static void Add(
        SortedDictionary<string, VolumeFile> files, Volume volume, string source, Dictionary<string, byte[]> content, ValueList<KeyToPath> items,
        bool optional, int mode)
    {
        if (items.IsEmpty)
        {
            foreach (var (key, value) in content) Add(files, volume, key, value, mode);
            return;
        }
        foreach (var item in items)
        {
            if (content.TryGetValue(item.Key, out var value)) Add(files, volume, item.Path, value, item.Mode ?? mode);
            else if (!optional) throw Failed(volume, $"{source} references non-existent config key: {item.Key}");
        }
    }

    private void AddDownward(SortedDictionary<string, VolumeFile> files, Volume volume, JsonElement downward, int mode)
    {
        if (!downward.TryGetProperty("items", out var items)) return;
        foreach (var item in items.EnumerateArray())
        {
            if (!item.TryGetProperty("fieldRef", out var field)) throw Failed(volume, "downwardAPI: only items with a fieldRef have a value");
            var path = Text(field, "fieldPath");
            // All labels or annotations as a file is the volume's own; everything else is as for a variable.
            var text = path switch
            {
                "metadata.labels" => Lines(pod.Metadata.Labels),
                "metadata.annotations" => Lines(pod.Metadata.Annotations),
                _ => Resolve(volume, field),
            };
            Add(files, volume, Text(item, "path") ?? "", Encoding.UTF8.GetBytes(text), ModeOf(item, "mode") ?? mode);
        }
    }

    private string Resolve(Volume volume, JsonElement field)
    {
        try
        {
            return FieldReference.Resolve(pod, new RawJson(field.GetRawText()));
        }
        catch (EnvironmentException wrong)
        {
            throw Failed(volume, wrong.Message);
        }
    }

    private static string Lines(StringMap map) =>
        string.Join('\n', map.Select(static e => $"{e.Key}={JsonEncodedText.Encode(e.Value) switch { var v => $"\"{v}\"" }}"));

    private static void Add(SortedDictionary<string, VolumeFile> files, Volume volume, string path, byte[] content, int mode)
    {
        // What the API lets pass is checked again where it becomes a file.
        var parts = path.Split('/');
        if (path.Length == 0 || parts.Any(static p => p is "" or "." or "..") || parts[0].StartsWith("..", StringComparison.Ordinal))
            throw Failed(volume, $"\"{path}\" is no path below the volume");
        files[path] = new VolumeFile(path, content, mode);
    }

    private static byte[] Decode(Volume volume, string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw Failed(volume, "a value is not base64");
        }
    }

    private static ValueList<KeyToPath> Items(JsonElement source) => !source.TryGetProperty("items", out var items) ? [] : items.EnumerateArray()
        .Select(static i => new KeyToPath { Key = Text(i, "key") ?? "", Path = Text(i, "path") ?? "", Mode = ModeOf(i, "mode") }).ToValueList();

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static int? ModeOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;

    private static ContainerSetupException Failed(Volume volume, string why) =>
        new("ContainerCreating", $"MountVolume.SetUp failed for volume \"{volume.Name}\" : {why}");
}
