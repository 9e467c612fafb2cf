namespace Kip.Rules.Names;

/// <summary>
/// The forms of names that Kubernetes asks for. Each check answers null when the name is right, else what is wrong with it.
/// </summary>
public static class DnsNames
{
    public const int LongestLabel = 63;
    public const int LongestSubdomain = 253;

    private const string Dns1035Rule =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an "
        + "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string Dns1123LabelRule =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
        + "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string Dns1123SubdomainRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>A label that starts with a letter: names of Services, Routes, Configurations, tags.</summary>
    public static string? CheckDns1035Label(string name) =>
        name.Length > LongestLabel ? TooLong(LongestLabel)
        : name.Length > 0 && char.IsAsciiLetterLower(name[0]) && IsLabel(name) ? null : Dns1035Rule;

    /// <summary>A label: names of volumes, containers, namespaces.</summary>
    public static string? CheckDns1123Label(string name) =>
        name.Length > LongestLabel ? TooLong(LongestLabel) : IsLabel(name) ? null : Dns1123LabelRule;

    /// <summary>Labels with dots between: names of most other objects.</summary>
    public static string? CheckDns1123Subdomain(string name)
    {
        if (name.Length > LongestSubdomain) return TooLong(LongestSubdomain);
        foreach (var range in name.AsSpan().Split('.'))
            if (!IsLabel(name.AsSpan()[range])) return Dns1123SubdomainRule;
        return null;
    }

    /// <summary>
    /// A fully qualified domain name: at least two labels of at most 63 characters each, or the bare name of a private domain.
    /// </summary>
    public static string? CheckDomain(string name)
    {
        if (CheckDns1123Subdomain(name) is { } wrong) return wrong;
        if (!name.Contains('.')) return "should be a domain with at least two segments separated by dots";
        foreach (var range in name.AsSpan().Split('.'))
            if (name.AsSpan()[range].Length > LongestLabel) return $"\"{name.AsSpan()[range]}\": {TooLong(LongestLabel)}";
        return null;
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.IsEmpty || label[0] == '-' || label[^1] == '-') return false;
        foreach (var c in label)
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') return false;
        return true;
    }

    private static string TooLong(int longest) => $"must be no more than {longest} characters";
}
