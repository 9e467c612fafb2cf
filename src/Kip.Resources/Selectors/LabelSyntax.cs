using System.Buffers;

namespace Kip.Resources.Selectors;

/// <summary>What a label's key and value may be, in Kubernetes' words. Annotation keys follow the same rule.</summary>
/// <remarks>Source: Kubernetes, "Labels and Selectors", syntax and character set.</remarks>
public static class LabelSyntax
{
    private const string NameRule =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueRule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("-_.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>What is wrong with a key, or null: an optional DNS prefix (253), a slash, a name (63).</summary>
    public static string? KeyError(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash != key.LastIndexOf('/'))
            return "a qualified name " + NameRule["name part ".Length..] + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
        var prefix = slash < 0 ? null : key[..slash];
        var name = key[(slash + 1)..];
        if (prefix is { Length: 0 }) return "prefix part must be non-empty";
        if (prefix is not null && NameSyntax.SubdomainError(prefix) is { } error) return "prefix part " + error;
        if (name.Length == 0) return "name part must be non-empty";
        if (name.Length > 63) return "name part must be no more than 63 bytes";
        return IsName(name) ? null : NameRule;
    }

    /// <summary>What is wrong with a value, or null.</summary>
    public static string? ValueError(string value)
    {
        if (value.Length == 0) return null;
        if (value.Length > 63) return "must be no more than 63 bytes";
        return IsName(value) ? null : ValueRule;
    }

    // The rule in the messages, without the library of regular expressions: every object's labels come here, from the first moment on.
    private static bool IsName(string text) =>
        char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]) && !text.AsSpan().ContainsAnyExcept(NameCharacters);
}
