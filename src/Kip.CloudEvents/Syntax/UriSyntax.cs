using System.Buffers;

namespace Kip.CloudEvents.Syntax;

/// <summary>URIs and relative references as RFC 3986 writes them, checked without building a <see cref="Uri"/>.</summary>
internal static class UriSyntax
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(Unreserved + "!$&'()*+,;=:@/%");
    private static readonly SearchValues<char> QueryCharacters = SearchValues.Create(Unreserved + "!$&'()*+,;=:@/?%");
    private static readonly SearchValues<char> UserCharacters = SearchValues.Create(Unreserved + "!$&'()*+,;=:%");
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create(Unreserved + "!$&'()*+,;=%");
    private static readonly SearchValues<char> LiteralCharacters = SearchValues.Create(Unreserved + "!$&'()*+,;=:");
    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

    /// <summary>RFC 3986 section 4.1: a URI or a relative reference.</summary>
    internal static bool IsReference(ReadOnlySpan<char> text)
    {
        var hash = text.IndexOf('#');
        return (hash < 0 || Escaped(text[(hash + 1)..], QueryCharacters)) && IsHierarchical(hash < 0 ? text : text[..hash], absolute: false);
    }

    /// <summary>RFC 3986 section 4.3: with a scheme, without a fragment.</summary>
    internal static bool IsAbsolute(ReadOnlySpan<char> text) => !text.Contains('#') && IsHierarchical(text, absolute: true);

    /// <summary>Whether a scheme comes first, whatever the rest is made of.</summary>
    internal static bool HasScheme(ReadOnlySpan<char> text) => SchemeLength(text) > 0;

    private static bool IsHierarchical(ReadOnlySpan<char> text, bool absolute)
    {
        var query = text.IndexOf('?');
        if (query >= 0 && !Escaped(text[(query + 1)..], QueryCharacters)) return false;
        if (query >= 0) text = text[..query];

        var colon = text.IndexOfAny(':', '/');
        if (colon >= 0 && text[colon] == ':')
        {
            // A colon in the first segment makes what is before it a scheme, or the reference malformed.
            if (colon == 0 || SchemeLength(text) != colon) return false;
            text = text[(colon + 1)..];
        }
        else if (absolute)
        {
            return false;
        }

        if (!text.StartsWith("//")) return Escaped(text, PathCharacters);
        var path = text[2..].IndexOf('/');
        return IsAuthority(path < 0 ? text[2..] : text[2..(path + 2)]) && (path < 0 || Escaped(text[(path + 2)..], PathCharacters));
    }

    private static bool IsAuthority(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('@');
        if (at >= 0 && !Escaped(text[..at], UserCharacters)) return false;
        text = text[(at + 1)..];

        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']');
            return end > 1 && !text[1..end].ContainsAnyExcept(LiteralCharacters) && IsPort(text[(end + 1)..]);
        }
        var colon = text.IndexOf(':');
        return colon < 0 ? Escaped(text, HostCharacters) : Escaped(text[..colon], HostCharacters) && IsPort(text[colon..]);
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text.IsEmpty || (text[0] == ':' && !text[1..].ContainsAnyExceptInRange('0', '9'));

    private static int SchemeLength(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        return colon > 0 && char.IsAsciiLetter(text[0]) && !text[..colon].ContainsAnyExcept(SchemeCharacters) ? colon : 0;
    }

    private static bool Escaped(ReadOnlySpan<char> text, SearchValues<char> allowed)
    {
        if (text.ContainsAnyExcept(allowed)) return false;
        for (var percent = text.IndexOf('%'); percent >= 0; percent = text.IndexOf('%'))
        {
            if (text.Length < percent + 3 || !char.IsAsciiHexDigit(text[percent + 1]) || !char.IsAsciiHexDigit(text[percent + 2]))
                return false;
            text = text[(percent + 3)..];
        }
        return true;
    }
}
