using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Kip.Rules.CustomResources;

/// <summary>The formats of texts that a schema may ask for. One that is not known is no limit, as in Kubernetes.</summary>
internal static partial class TextFormats
{
    public static bool Fits(string format, string value) => format switch
    {
        "date-time" or "datetime" => DateTime().IsMatch(value) && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _),
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "duration" => Duration().IsMatch(value),
        "byte" => System.Buffers.Text.Base64.IsValid(value),
        "email" => Email().IsMatch(value),
        "hostname" => value.Length <= 253 && Hostname().IsMatch(value),
        "uri" => Uri.TryCreate(value, UriKind.RelativeOrAbsolute, out _) && (value.Contains(':', StringComparison.Ordinal) || value.StartsWith('/')),
        "ipv4" => IPAddress.TryParse(value, out _) && value.Split('.').Length == 4 && !value.Contains(':', StringComparison.Ordinal),
        "ipv6" => IPAddress.TryParse(value, out _) && value.Contains(':', StringComparison.Ordinal),
        "cidr" => value.Contains('/', StringComparison.Ordinal) && IPNetwork.TryParse(value, out _),
        "mac" => Mac().IsMatch(value),
        "uuid" => Uuid().IsMatch(value),
        "uuid3" => Uuid().IsMatch(value) && VersionOf(value) == '3',
        "uuid4" => Uuid().IsMatch(value) && VersionOf(value) == '4',
        "uuid5" => Uuid().IsMatch(value) && VersionOf(value) == '5',
        "hexcolor" => HexColor().IsMatch(value),
        _ => true,
    };

    private static char VersionOf(string uuid) => uuid.Replace("-", "", StringComparison.Ordinal)[12];

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex DateTime();

    [GeneratedRegex(@"^([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)\s*)+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Duration();

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Email();

    [GeneratedRegex(@"^[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?)*\.?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Hostname();

    [GeneratedRegex(@"^([0-9A-Fa-f]{2}[:-]){5,7}[0-9A-Fa-f]{2}\z|^([0-9A-Fa-f]{4}\.){2,3}[0-9A-Fa-f]{4}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Mac();

    [GeneratedRegex(@"^[0-9A-Fa-f]{8}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{12}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})\z", RegexOptions.CultureInvariant)]
    private static partial Regex HexColor();
}
