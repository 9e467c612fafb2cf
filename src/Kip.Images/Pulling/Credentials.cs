using Kip.Images.References;
using Kip.Resources.Core;

namespace Kip.Images.Pulling;

/// <summary>Finds who we are at a registry: the pod's pull secrets first, then the credentials file of the user who runs Kip.</summary>
/// <param name="configFile">Docker's <c>config.json</c>; <see cref="UsualFile"/> unless told otherwise. It need not exist.</param>
/// <param name="time">For the patience with helpers.</param>
public sealed class Credentials(string configFile, TimeProvider time)
{
    private const int MaxBytes = 1 << 20;

    /// <summary><c>$DOCKER_CONFIG/config.json</c>, else <c>~/.docker/config.json</c>.</summary>
    public static string UsualFile => Path.Combine(
        Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker"),
        "config.json");

    /// <summary>All that may be tried, in order; the last resort, to come as nobody, is not among them.</summary>
    /// <exception cref="ImageException">A credentials file cannot be read, or a helper cannot be asked.</exception>
    public async Task<IReadOnlyList<RegistryCredential>> ForAsync(ImageReference image, IReadOnlyList<Secret> pullSecrets, CancellationToken cancel)
    {
        var found = new List<RegistryCredential>();
        foreach (var secret in pullSecrets)
            if (Read(secret)?.Find(image) is { } credential) found.Add(credential);
        if (await FromFileAsync(image, cancel) is { } own) found.Add(own);
        return found;
    }

    private async Task<RegistryCredential?> FromFileAsync(ImageReference image, CancellationToken cancel)
    {
        try
        {
            if (!File.Exists(configFile)) return null;
            if (new FileInfo(configFile).Length > MaxBytes) throw new FormatException($"larger than {MaxBytes} bytes");
            var config = DockerConfig.Parse(await File.ReadAllBytesAsync(configFile, cancel));
            if (config.HelperFor(image.Registry) is { } helper && await CredentialHelper.AskAsync(helper, image.Registry, time, cancel) is { } asked)
                return asked;
            return config.Find(image);
        }
        catch (Exception unreadable) when (unreadable is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ImageException(ImageFailure.ErrImagePull, $"cannot read the credentials file {configFile}: {unreadable.Message}");
        }
    }

    private static DockerConfig? Read(Secret secret)
    {
        try
        {
            if (Bytes(secret, ".dockerconfigjson") is { } json) return DockerConfig.Parse(json);
            return Bytes(secret, ".dockercfg") is { } legacy ? DockerConfig.ParseLegacy(legacy) : null;
        }
        catch (FormatException malformed)
        {
            throw new ImageException(ImageFailure.ErrImagePull, $"the pull secret {secret.Metadata.Name} is {malformed.Message}");
        }
    }

    private static byte[]? Bytes(Secret secret, string key)
    {
        if (secret.Data.Get(key) is not { Length: > 0 } text) return null;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? bytes[..written] : throw new FormatException("not base64");
    }
}
