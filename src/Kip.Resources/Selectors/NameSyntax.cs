namespace Kip.Resources.Selectors;

/// <summary>What an object's name may be, in Kubernetes' words. Each check answers null when the name is right, else what is wrong with it.</summary>
/// <remarks>Source: Kubernetes, "Object Names and IDs"; RFC 1123 and RFC 1035.</remarks>
public static class NameSyntax
{
    public const int LongestLabel = 63;
    public const int LongestSubdomain = 253;

    private const string Label1035Rule =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an "
        + "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string LabelRule =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
        + "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string SubdomainRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>A DNS subdomain: labels with dots between, 253 characters. Most kinds' names.</summary>
    public static string? SubdomainError(string name)
    {
        if (name.Length > LongestSubdomain) return TooLong(LongestSubdomain);
        foreach (var range in name.AsSpan().Split('.'))
            if (!IsLabel(name.AsSpan()[range])) return SubdomainRule;
        return null;
    }

    /// <summary>A DNS label, 63 characters. Names of namespaces, containers and volumes.</summary>
    public static string? LabelError(string name) => name.Length > LongestLabel ? TooLong(LongestLabel) : IsLabel(name) ? null : LabelRule;

    /// <summary>A DNS label that begins with a letter, 63 characters. Names of core Services, and of Knative's Services, Routes and Configurations.</summary>
    public static string? Label1035Error(string name) =>
        name.Length > LongestLabel ? TooLong(LongestLabel)
        : name.Length > 0 && char.IsAsciiLetterLower(name[0]) && IsLabel(name) ? null
        : Label1035Rule;

    /// <summary>That a name is longer than it may be.</summary>
    public static string TooLong(int longest) => $"must be no more than {longest} bytes";

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.IsEmpty || label[0] == '-' || label[^1] == '-') return false;
        foreach (var c in label)
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') return false;
        return true;
    }
}
