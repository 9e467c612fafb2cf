using System.Security.Cryptography;

namespace Kip.ApiServer.Storage.Encryption;

/// <summary>The key that lies outside the data folder: without it, nothing in the folder gives a secret away.</summary>
internal static class EncryptionKey
{
    public const int Bytes = 32;

    private const string Head = "kip-encryption-key-1 ";

    /// <summary>Reads the key, or makes one.</summary>
    /// <param name="needed">The key is in use, so another one would not do: a file that is not there is a mistake.</param>
    /// <exception cref="StoreException">It is not there although it is needed, is no key, or cannot be written.</exception>
    public static byte[] Open(string path, bool needed, string folder)
    {
        try
        {
            if (!File.Exists(path))
            {
                if (needed)
                    throw new StoreException(
                        $"the secrets in {folder} are encrypted with the key {path}, which is not there: put it back from your backup, or name its "
                        + "place with --encryption-key FILE");
                Make(path);
            }
            var text = File.ReadAllText(path).Trim();
            var key = new byte[Bytes];
            return text.StartsWith(Head, StringComparison.Ordinal) && Convert.TryFromBase64String(text[Head.Length..], key, out var count) && count == Bytes
                ? key
                : throw new StoreException($"{path} is no encryption key of kip: put the right file there, or name its place with --encryption-key FILE");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                $"the encryption key {path} cannot be read or made: {failure.Message}; name another place with --encryption-key FILE", failure);
        }
    }

    // Two platforms may start at once: whoever is second takes the key of the first.
    private static void Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = $"{path}.{Environment.ProcessId}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
        using (var writer = new StreamWriter(file))
        {
            writer.WriteLine(Head + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)));
            writer.Flush();
            // Secrets that are on disk must not outlive the key to them in a power cut.
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }
}
