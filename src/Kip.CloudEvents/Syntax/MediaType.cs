using System.Buffers;

namespace Kip.CloudEvents.Syntax;

/// <summary>Media types (RFC 2045, 2046): their syntax, and what kind of data they name.</summary>
internal static class MediaType
{
    private static readonly SearchValues<char> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Whether the text is <c>type/subtype</c> with well-formed parameters.</summary>
    internal static bool IsValid(ReadOnlySpan<char> text)
    {
        var essence = Essence(text);
        var slash = essence.IndexOf('/');
        if (slash <= 0 || !IsToken(essence[..slash]) || !IsToken(essence[(slash + 1)..])) return false;
        var semicolon = text.IndexOf(';');
        return semicolon < 0 || ParametersAreValid(text[(semicolon + 1)..]);
    }

    /// <summary>The media type without its parameters.</summary>
    internal static ReadOnlySpan<char> Essence(ReadOnlySpan<char> text)
    {
        var semicolon = text.IndexOf(';');
        return (semicolon < 0 ? text : text[..semicolon]).Trim();
    }

    /// <summary>Whether data of this type is JSON: <c>*/json</c> or <c>*/*+json</c>.</summary>
    internal static bool IsJson(ReadOnlySpan<char> text)
    {
        var essence = Essence(text);
        var subtype = essence[(essence.IndexOf('/') + 1)..];
        return subtype.Equals("json", StringComparison.OrdinalIgnoreCase) || subtype.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Whether data of this type is text that JSON and Protobuf can carry as text: UTF-8 by its parameters or by default.
    /// </summary>
    internal static bool IsUtf8Text(ReadOnlySpan<char> text)
    {
        var essence = Essence(text);
        var subtype = essence[(essence.IndexOf('/') + 1)..];
        var isText = essence.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || subtype.Equals("xml", StringComparison.OrdinalIgnoreCase) || subtype.EndsWith("+xml", StringComparison.OrdinalIgnoreCase)
            || IsJson(text);
        return isText && IsUtf8(text);
    }

    /// <summary>Whether the charset parameter is absent, UTF-8, or ASCII.</summary>
    internal static bool IsUtf8(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return true;
        var charset = text[(at + "charset=".Length)..];
        var end = charset.IndexOf(';');
        charset = (end < 0 ? charset : charset[..end]).Trim(" \t\"");
        return charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
    }

    private static bool ParametersAreValid(ReadOnlySpan<char> text)
    {
        for (text = text.Trim(" \t"); !text.IsEmpty;)
        {
            var equals = text.IndexOf('=');
            if (equals <= 0 || !IsToken(text[..equals])) return false;
            text = text[(equals + 1)..];
            var length = text.StartsWith('"') ? QuotedLength(text) : TokenLength(text);
            if (length <= 0) return false;
            text = text[length..].TrimStart(" \t");
            if (text.IsEmpty) return true;
            if (text[0] != ';') return false;
            text = text[1..].TrimStart(" \t");
        }
        return true;
    }

    private static int QuotedLength(ReadOnlySpan<char> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '"') return i + 1;
        }
        return 0;
    }

    private static int TokenLength(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExcept(Token);
        return length < 0 ? text.Length : length;
    }

    private static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);
}
