using Kip.Host.CommandLine;

namespace Kip.Host.Platform;

/// <summary>Where the key lies that secrets are encrypted with: never in the data folder, so that who copies that cannot read them.</summary>
internal static class KeyFile
{
    /// <summary><c>--encryption-key</c>, else <c>$KIP_ENCRYPTION_KEY</c>, else <c>kip/encryption.key</c> in the user's folder for settings.</summary>
    /// <exception cref="CommandFailure">It would lie in the data folder.</exception>
    public static string Choose(string? option, DataFolder data)
    {
        var path = Path.GetFullPath(option ?? Environment.GetEnvironmentVariable("KIP_ENCRYPTION_KEY") ?? Usual);
        if (path.StartsWith(data.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new CommandFailure(
                $"the encryption key {path} would lie in the data folder, whose secrets it protects; name another place with --encryption-key FILE");
        return path;
    }

    private static string Usual => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } settings ? settings : Path.Combine(DataFolder.Home, ".config"),
        "kip", "encryption.key");
}
