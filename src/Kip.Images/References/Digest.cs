using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Kip.Images.References;

/// <summary>The SHA-256 of some content, written <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
/// <remarks>The only algorithm that registries must know; content named by another is refused.</remarks>
public readonly record struct Digest
{
    private const string Algorithm = "sha256:";
    private const int HexLength = 64;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    private Digest(string hex) => Hex = hex;

    /// <summary>The 64 digits alone.</summary>
    public string Hex { get; }

    /// <summary>The digest of bytes in memory.</summary>
    public static Digest Of(ReadOnlySpan<byte> content) => FromHash(SHA256.HashData(content));

    /// <summary>The digest whose 32 bytes these are.</summary>
    public static Digest FromHash(ReadOnlySpan<byte> hash) => new(Convert.ToHexStringLower(hash));

    /// <summary>Reads the usual form. False for anything else, another algorithm included.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        var isDigest = text is { Length: 7 + HexLength } && text.StartsWith(Algorithm, StringComparison.Ordinal) && IsHex(text.AsSpan(7));
        digest = isDigest ? new(text![7..]) : default;
        return isDigest;
    }

    /// <summary>Reads the 64 digits alone, as they stand in file names.</summary>
    public static bool TryParseHex(string text, out Digest digest)
    {
        var isHex = text.Length == HexLength && IsHex(text);
        digest = isHex ? new(text) : default;
        return isHex;
    }

    public override string ToString() => Algorithm + Hex;

    private static bool IsHex(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Hexadecimal) < 0;
}
