using System.Security.Cryptography;
using System.Text;

namespace Kip.Images.Registry;

/// <summary>The password of Kip's own registry: made at the first start, in a file that only its owner may read.</summary>
/// <remarks>Any user name goes with it. It opens the registry and nothing else, so it can be given to a build.</remarks>
public sealed class RegistryToken
{
    /// <summary>The user name that is written where one is needed.</summary>
    public const string User = "kip";

    private readonly byte[] _hash;

    private RegistryToken(string token) => (Value, _hash) = (token, Hash(token));

    public string Value { get; }

    /// <summary>The token of a data folder, made if there is none.</summary>
    public static RegistryToken Open(string dataDirectory) => Read(dataDirectory) ?? Make(FileOf(dataDirectory));

    /// <summary>The token of a data folder; null when there is none.</summary>
    public static RegistryToken? Read(string dataDirectory) =>
        File.Exists(FileOf(dataDirectory)) && File.ReadAllText(FileOf(dataDirectory)).Trim() is { Length: > 0 } token ? new(token) : null;

    /// <summary>Whether a password is the token. Takes as long for a near miss as for any other.</summary>
    public bool Admits(string password) => CryptographicOperations.FixedTimeEquals(Hash(password), _hash);

    private static string FileOf(string dataDirectory) => Path.Combine(dataDirectory, "registry-token");

    private static RegistryToken Make(string path)
    {
        var token = $"kip-registry-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var fresh = $"{path}.{Path.GetRandomFileName()}";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var writer = new StreamWriter(fresh, options)) writer.Write(token);
        try
        {
            File.Move(fresh, path, overwrite: false);
        }
        catch (IOException) when (Read(Path.GetDirectoryName(path)!) is { } other)
        {
            // The platform and a command may both be the first to ask.
            File.Delete(fresh);
            return other;
        }
        catch (IOException) when (File.Exists(path))
        {
            // Empty: a power cut can leave a file so.
            File.Move(fresh, path, overwrite: true);
        }
        return new(token);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
