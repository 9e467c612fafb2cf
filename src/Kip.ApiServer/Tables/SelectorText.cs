using Kip.Resources;

namespace Kip.ApiServer.Tables;

/// <summary>A label selector in its one-line form, as tables and the scale subresource show it.</summary>
public static class SelectorText
{
    /// <summary><c>app=web,tier in (a,b),!old</c>; empty for no selector.</summary>
    public static string Of(LabelSelector? selector) =>
        selector is null ? "" : string.Join(',', [
            .. ((IReadOnlyDictionary<string, string>)selector.MatchLabels).Select(static e => $"{e.Key}={e.Value}"),
            .. selector.MatchExpressions.Select(Expression)]);

    private static string Expression(LabelSelectorRequirement requirement) => requirement.Operator switch
    {
        "In" => $"{requirement.Key} in ({string.Join(',', requirement.Values)})",
        "NotIn" => $"{requirement.Key} notin ({string.Join(',', requirement.Values)})",
        "DoesNotExist" => $"!{requirement.Key}",
        _ => requirement.Key,
    };
}
