using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kip.Images.References;

namespace Kip.Images.Pulling;

/// <summary>The standard credentials file of Docker, and the same content in Kubernetes' pull secrets.</summary>
public sealed class DockerConfig
{
    private readonly DockerConfigContent _content;

    private DockerConfig(DockerConfigContent content) => _content = content;

    /// <summary>Reads <c>config.json</c> or a Secret's <c>.dockerconfigjson</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DockerConfig Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return new(JsonSerializer.Deserialize(json, DockerConfigJson.Default.DockerConfigContent) ?? new());
        }
        catch (JsonException malformed)
        {
            // The library's message may quote what it could not read, which may be a password.
            throw new FormatException($"not a Docker credentials file: malformed JSON at line {malformed.LineNumber + 1}");
        }
    }

    /// <summary>Reads the older form, a Secret's <c>.dockercfg</c>: the registries alone.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DockerConfig ParseLegacy(ReadOnlySpan<byte> json)
    {
        try
        {
            return new(new DockerConfigContent { Auths = JsonSerializer.Deserialize(json, DockerConfigJson.Default.DictionaryStringDockerAuth) });
        }
        catch (JsonException malformed)
        {
            throw new FormatException($"not a .dockercfg: malformed JSON at line {malformed.LineNumber + 1}");
        }
    }

    /// <summary>The program that knows the credential, <c>docker-credential-NAME</c>; null when the file itself does.</summary>
    public string? HelperFor(string registry)
    {
        foreach (var key in KeysOf(registry))
            if (_content.CredHelpers?.GetValueOrDefault(key) is { Length: > 0 } helper) return helper;
        return _content.CredsStore is { Length: > 0 } store ? store : null;
    }

    /// <summary>What the file says for a repository: the entry whose path is the longest that fits. Null when none does.</summary>
    public RegistryCredential? Find(ImageReference image) => (_content.Auths ?? [])
        .Select(e => (Length: Fits(e.Key, image), Entry: e.Value)).Where(static e => e.Length >= 0)
        .OrderByDescending(static e => e.Length).Select(static e => Read(e.Entry)).FirstOrDefault(static c => c is not null);

    /// <summary>The names under which helpers and files know a registry.</summary>
    public static IReadOnlyList<string> KeysOf(string registry) =>
        registry == ImageReference.DockerHub
            ? ["https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io"]
            : [registry, $"https://{registry}"];

    // How long the path of an entry is that fits the image; negative when the entry is for another.
    private static int Fits(string key, ImageReference image)
    {
        var scheme = key.IndexOf("://", StringComparison.Ordinal);
        var bare = (scheme < 0 ? key : key[(scheme + 3)..]).TrimEnd('/');
        var slash = bare.IndexOf('/');
        var (host, path) = slash < 0 ? (bare, "") : (bare[..slash], bare[(slash + 1)..]);
        if (path is "v1" or "v2") path = "";
        if (host is "index.docker.io" or "registry-1.docker.io") host = ImageReference.DockerHub;
        if (!HostFits(host, image.Registry)) return -1;
        return path.Length == 0 || image.Repository == path || image.Repository.StartsWith(path + "/", StringComparison.Ordinal) ? path.Length : -1;
    }

    // As Kubernetes has it: "*" stands for one whole part of a host name.
    private static bool HostFits(string pattern, string host)
    {
        if (!pattern.Contains('*')) return string.Equals(pattern, host, StringComparison.OrdinalIgnoreCase);
        var (want, have) = (pattern.Split('.'), host.Split('.'));
        return want.Length == have.Length
            && want.Zip(have).All(static p => p.First == "*" || string.Equals(p.First, p.Second, StringComparison.OrdinalIgnoreCase));
    }

    private static RegistryCredential? Read(DockerAuth? entry)
    {
        if (entry is null) return null;
        var (user, password) = (entry.Username ?? "", entry.Password ?? "");
        if (entry.Auth is { Length: > 0 } auth && Decode(auth) is { } pair) (user, password) = pair;
        if (entry.IdentityToken is { Length: > 0 } token) return new(user, password, token);
        return user.Length == 0 && password.Length == 0 ? null : new(user, password);
    }

    private static (string, string)? Decode(string auth)
    {
        var bytes = new byte[auth.Length];
        if (!Convert.TryFromBase64String(auth.Trim(), bytes, out var written)) return null;
        var text = Encoding.UTF8.GetString(bytes, 0, written).TrimEnd('\0');
        var colon = text.IndexOf(':');
        return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
    }
}

internal sealed record DockerConfigContent
{
    public Dictionary<string, DockerAuth>? Auths { get; init; }
    public string? CredsStore { get; init; }
    public Dictionary<string, string>? CredHelpers { get; init; }
}

internal sealed record DockerAuth
{
    public string? Auth { get; init; }
    public string? Username { get; init; }
    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }
}

/// <summary>What a credential helper answers.</summary>
internal sealed record HelperAnswer
{
    [JsonPropertyName("Username")] public string? Username { get; init; }
    [JsonPropertyName("Secret")] public string? Secret { get; init; }
}

/// <summary>What a token service answers.</summary>
internal sealed record TokenAnswer
{
    [JsonPropertyName("token")] public string? Token { get; init; }
    [JsonPropertyName("access_token")] public string? AccessToken { get; init; }
    [JsonPropertyName("expires_in")] public double? ExpiresIn { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DockerConfigContent))]
[JsonSerializable(typeof(HelperAnswer))]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class DockerConfigJson : JsonSerializerContext;
