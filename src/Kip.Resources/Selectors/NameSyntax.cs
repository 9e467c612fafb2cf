using System.Text.RegularExpressions;

namespace Kip.Resources.Selectors;

/// <summary>What an object's name may be, in Kubernetes' words.</summary>
/// <remarks>Source: Kubernetes, "Object Names and IDs"; RFC 1123 and RFC 1035.</remarks>
public static partial class NameSyntax
{
    /// <summary>What is wrong with a DNS subdomain (253 characters, dots allowed), or null. Most kinds' names.</summary>
    public static string? SubdomainError(string name) =>
        name.Length > 253 ? "must be no more than 253 bytes"
        : Subdomain().IsMatch(name) ? null
        : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
          + "alphanumeric character (e.g. 'example.com', regex used for validation is "
          + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>What is wrong with a DNS label (63 characters), or null. Names of namespaces.</summary>
    public static string? LabelError(string name) =>
        name.Length > 63 ? "must be no more than 63 bytes"
        : Label().IsMatch(name) ? null
        : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
          + "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    /// <summary>What is wrong with a DNS label that begins with a letter (63 characters), or null. Names of core Services.</summary>
    public static string? Label1035Error(string name) =>
        name.Length > 63 ? "must be no more than 63 bytes"
        : Label1035().IsMatch(name) ? null
        : "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an "
          + "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    [GeneratedRegex(@"^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"^[a-z](?:[-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label1035();
}
