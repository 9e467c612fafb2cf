using System.Security.Cryptography;
using System.Text;

namespace Kip.ApiServer.Security.Tokens;

/// <summary>The keys that sign tokens of ServiceAccounts: the first of a file signs, and all of them are good for checking.</summary>
/// <remarks>
/// <c>service-account.key</c> in the data folder, PEM, mode 0600, made when it is first needed. To rotate: put a new key before the old one and
/// start again; when the last token of the old one has ended, take it out.
/// </remarks>
internal sealed class TokenKeys(string directory) : IDisposable
{
    private const string FileName = "service-account.key";

    private readonly Lock _gate = new();
    private SigningKey[]? _keys;

    /// <summary>The key that signs.</summary>
    public SigningKey Current => All[0];

    /// <summary>All keys that tokens may be signed with.</summary>
    /// <exception cref="InvalidDataException">The file is there but holds no key.</exception>
    public IReadOnlyList<SigningKey> All
    {
        get
        {
            lock (_gate) return _keys ??= Open();
        }
    }

    /// <summary>The key of an id, or null.</summary>
    public SigningKey? Find(string id) => All.FirstOrDefault(key => key.Id == id);

    public void Dispose()
    {
        lock (_gate)
            foreach (var key in _keys ?? []) key.Dispose();
    }

    private SigningKey[] Open()
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            PrivateFile.Write(path, made.ExportPkcs8PrivateKeyPem() + "\n");
        }
        try
        {
            var keys = Read(File.ReadAllText(path)).ToArray();
            return keys.Length > 0 ? keys : throw new InvalidDataException($"{path} holds no key. {WhatToDo}");
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is not a file of P-256 keys in PEM ({failure.Message}). {WhatToDo}", failure);
        }
    }

    private const string WhatToDo = "Put it back, or delete it: a new key is made, and tokens of the old one end";

    private static List<SigningKey> Read(string pem)
    {
        var keys = new List<SigningKey>();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var found))
        {
            var key = ECDsa.Create();
            key.ImportFromPem(rest[found.Location]);
            keys.Add(new SigningKey(key));
            rest = rest[found.Location.End..];
        }
        return keys;
    }
}

/// <summary>One key for ES256, known by the hash of its public half.</summary>
internal sealed class SigningKey(ECDsa key) : IDisposable
{
    // An ECDsa object must not be used by two threads at once.
    private readonly Lock _gate = new();

    /// <summary>What a token's header calls it.</summary>
    public string Id { get; } = System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    public byte[] Sign(string text)
    {
        lock (_gate) return key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
    }

    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        lock (_gate) return key.VerifyData(text, signature, HashAlgorithmName.SHA256);
    }

    /// <summary>The public half: its two coordinates.</summary>
    public (byte[] X, byte[] Y) Public
    {
        get
        {
            lock (_gate)
            {
                var point = key.ExportParameters(includePrivateParameters: false).Q;
                return (point.X!, point.Y!);
            }
        }
    }

    public void Dispose() => key.Dispose();
}
