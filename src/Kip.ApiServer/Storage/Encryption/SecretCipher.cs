using System.Security.Cryptography;
using Kip.Log;
using Kip.Log.Files;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.ApiServer.Storage.Encryption;

/// <summary>Encrypts Secrets on their way to the disk: with the folder's own key, which lies beside them wrapped in the key from outside.</summary>
/// <remarks>
/// Both are AES-256-GCM with random nonces, so that a changed byte is found. A new outer key needs only the inner one to be wrapped anew.
/// </remarks>
internal sealed class SecretCipher : IDisposable
{
    private const string FileName = "secrets.key";
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>How much longer a sealed text is.</summary>
    public const int Overhead = NonceBytes + TagBytes;

    // An AesGcm object must not be used by two threads at once.
    private readonly Lock _gate = new();
    private readonly AesGcm _cipher;

    private SecretCipher(byte[] key) => _cipher = new AesGcm(key, TagBytes);

    /// <summary>Whether objects of a kind are encrypted.</summary>
    public static bool Covers(KindDefinition kind) => kind == Secret.Definition;

    /// <summary>Takes up the folder's key, or makes one.</summary>
    /// <param name="keyFile">The outer key's file; null: nothing is encrypted.</param>
    /// <exception cref="StoreException">The outer key is missing or another one.</exception>
    public static SecretCipher? Open(ILogFiles files, string? keyFile)
    {
        var wrapped = Read(files);
        if (keyFile is null)
            return wrapped is null ? null : throw new StoreException($"the secrets in {files.Name} are encrypted, and no key was named");
        var outer = EncryptionKey.Open(keyFile, needed: wrapped is not null, files.Name);
        using var wrapping = new SecretCipher(outer);
        if (wrapped is null)
        {
            var inner = RandomNumberGenerator.GetBytes(EncryptionKey.Bytes);
            DurableFile.Replace(files, FileName, stream => stream.Write(wrapping.Seal(inner)));
            return new SecretCipher(inner);
        }
        try
        {
            return new SecretCipher(wrapping.Open(wrapped));
        }
        catch (CryptographicException)
        {
            throw new StoreException(
                $"the key {keyFile} is not the one that the secrets in {files.Name} are encrypted with: put the right one there, or name its place "
                + "with --encryption-key FILE");
        }
    }

    /// <summary>Nonce, tag and encrypted text.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain)
    {
        var all = new byte[Overhead + plain.Length];
        var nonce = all.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        lock (_gate) _cipher.Encrypt(nonce, plain, all.AsSpan(Overhead), all.AsSpan(NonceBytes, TagBytes));
        return all;
    }

    /// <summary>The text that was sealed.</summary>
    /// <exception cref="CryptographicException">It was sealed with another key, or changed since.</exception>
    public byte[] Open(ReadOnlySpan<byte> all)
    {
        if (all.Length < Overhead) throw new CryptographicException("too short to be encrypted");
        var plain = new byte[all.Length - Overhead];
        lock (_gate) _cipher.Decrypt(all[..NonceBytes], all[Overhead..], all[NonceBytes..Overhead], plain);
        return plain;
    }

    public void Dispose() => _cipher.Dispose();

    private static byte[]? Read(ILogFiles files)
    {
        using var stream = DurableFile.OpenRead(files, FileName);
        if (stream is null) return null;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
