using System.Text.RegularExpressions;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions.Kubernetes;

/// <summary>Kubernetes' library of URLs: absolute ones, or absolute paths, as Go reads a request's URI.</summary>
internal static partial class Urls
{
    public static IEnumerable<CelOverload> All { get; } =
    [
        CelOverload.Of("isURL(string) bool", static (a, budget) => CelBool.Of(Read(a.Text(0), budget) is not null)),
        CelOverload.Of("url(string) url", static (a, budget) => (CelValue?)Read(a.Text(0), budget)
            ?? new CelError($"URL parse error during conversion from string: parse \"{a.Text(0)}\": invalid URI for request")),
        Part("getScheme", static url => url.Scheme),
        Part("getHost", static url => url.Host),
        Part("getHostname", static url => url.Hostname),
        Part("getPort", static url => url.Port),
        Part("getEscapedPath", static url => url.Path),
        CelOverload.Of("url.getQuery() map<string,list<string>>", static (a, _) => Query(((CelUrl)a[0]).Query)),
    ];

    private static CelOverload Part(string name, Func<CelUrl, string> part) =>
        CelOverload.Of($"url.{name}() string", (a, _) => new CelText(part((CelUrl)a[0])));

    private static CelUrl? Read(string text, CelBudget budget)
    {
        budget.ChargeText(text.Length);
        var found = Form().Match(text);
        if (!found.Success || text.Length == 0) return null;
        string Of(string group) => found.Groups[group].Value;
        return new(Of("scheme").ToLowerInvariant(), Of("hostport"), Of("host").Trim('[', ']'), Of("port"), Of("path"), Of("query"));
    }

    private static CelEntries Query(string query)
    {
        var values = new Dictionary<string, List<CelValue>>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var before, var after] ? (before, after) : (pair, "");
            var key = Uri.UnescapeDataString(name.Replace('+', ' '));
            if (!values.TryGetValue(key, out var list)) values[key] = list = [];
            list.Add(new CelText(Uri.UnescapeDataString(value.Replace('+', ' '))));
        }
        var map = new CelEntries();
        foreach (var (name, list) in values) map.TryAdd(new CelText(name), new CelItems(list));
        return map;
    }

    [GeneratedRegex(
        @"^((?<scheme>[A-Za-z][-A-Za-z0-9+.]*)://([^/?@\s]*@)?(?<hostport>(?<host>\[[0-9A-Fa-f:.%]+\]|[^/?@:\[\]\s<>""\\^`{|}]*)(:(?<port>[0-9]*))?)"
        + @"(?<path>(/([^?\s%]|%[0-9A-Fa-f]{2})*)?)|(?<path>/([^?\s%]|%[0-9A-Fa-f]{2})*))(\?(?<query>[^\s]*))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}

internal sealed record CelUrl(string Scheme, string Host, string Hostname, string Port, string Path, string Query) : CelValue
{
    internal override CelType Type => CelType.Url;
}
