using System.Buffers;

namespace Kip.Rules.Admission.Serving.Containers;

/// <summary>The form of image references: <c>[host[:port]/]path[:tag][@sha256:…]</c>.</summary>
internal static class ImageReferenceRules
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>Null when the text is a reference, else what is wrong with it.</summary>
    public static string? Check(string image)
    {
        var rest = image;
        var at = rest.IndexOf('@');
        if (at >= 0)
        {
            if (CheckDigest(rest[(at + 1)..]) is { } wrong) return wrong;
            rest = rest[..at];
        }
        var slash = rest.LastIndexOf('/');
        var colon = rest.IndexOf(':', slash + 1);
        if (colon >= 0)
        {
            if (!IsTag(rest[(colon + 1)..]))
                return $"could not parse reference: {image}: the tag may hold letters, digits, '_', '.' and '-', at most 128";
            rest = rest[..colon];
        }
        var parts = rest.Split('/');
        var hasHost = parts.Length > 1 && (parts[0].Contains('.') || parts[0].Contains(':') || parts[0] == "localhost");
        foreach (var part in hasHost ? parts.AsSpan(1) : parts.AsSpan())
            if (!IsPathPart(part))
                return $"could not parse reference: {image}: a repository is lower case letters, digits and the separators '.', '_', '-'";
        return hasHost && !IsHost(parts[0]) ? $"could not parse reference: {image}: \"{parts[0]}\" is not a registry host" : null;
    }

    private static string? CheckDigest(string digest) => digest.StartsWith("sha256:", StringComparison.Ordinal) && digest.Length == 71
        && digest.AsSpan(7).IndexOfAnyExcept(Hexadecimal) < 0
            ? null
            : $"unsupported digest \"{digest}\": want sha256: and 64 hexadecimal digits";

    private static bool IsTag(string tag) =>
        tag.Length is > 0 and <= 128 && (char.IsAsciiLetterOrDigit(tag[0]) || tag[0] == '_')
        && tag.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool IsPathPart(string part) =>
        part.Length > 0 && char.IsAsciiLetterOrDigit(part[0]) && char.IsAsciiLetterOrDigit(part[^1])
        && part.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');

    private static bool IsHost(string host)
    {
        var colon = host.IndexOf(':');
        var name = colon < 0 ? host : host[..colon];
        var portIsRight = colon < 0 || (ushort.TryParse(host.AsSpan(colon + 1), out var port) && port > 0);
        return portIsRight && name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
    }
}
