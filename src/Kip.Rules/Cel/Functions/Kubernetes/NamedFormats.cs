using Kip.Resources.Selectors;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;
using Kip.Rules.CustomResources;

namespace Kip.Rules.Cel.Functions.Kubernetes;

/// <summary>Kubernetes' library of formats, by which an expression asks whether a text is a name, a label's value, a URI …</summary>
internal static class NamedFormats
{
    private static readonly Dictionary<string, Func<string, string?>> Checks = new(StringComparer.Ordinal)
    {
        ["dns1123Label"] = NameSyntax.LabelError,
        ["dns1123Subdomain"] = NameSyntax.SubdomainError,
        ["dns1035Label"] = NameSyntax.Label1035Error,
        ["dns1123LabelPrefix"] = static text => NameSyntax.LabelError(WithoutDash(text)),
        ["dns1123SubdomainPrefix"] = static text => NameSyntax.SubdomainError(WithoutDash(text)),
        ["dns1035LabelPrefix"] = static text => NameSyntax.Label1035Error(WithoutDash(text)),
        ["qualifiedName"] = LabelSyntax.KeyError,
        ["labelValue"] = LabelSyntax.ValueError,
        ["uri"] = static text => TextFormats.Fits("uri", text) ? null : $"parse \"{text}\": invalid URI for request",
        ["uuid"] = static text => TextFormats.Fits("uuid", text) ? null : "does not match the UUID format",
        ["byte"] = static text => TextFormats.Fits("byte", text) ? null : "invalid base64",
        ["date"] = static text => TextFormats.Fits("date", text) ? null : "invalid date",
        ["datetime"] = static text => TextFormats.Fits("datetime", text) ? null : "invalid datetime",
    };

    public static IEnumerable<CelOverload> All { get; } =
    [
        .. Checks.Keys.Select(static name => CelOverload.Of($"format::{name}() namedFormat", (_, _) => new CelNamedFormat(name))),
        CelOverload.Of(
            "format::named(string) optional<namedFormat>",
            static (a, _) => Checks.ContainsKey(a.Text(0)) ? new CelOptional(new CelNamedFormat(a.Text(0))) : CelOptional.None),
        CelOverload.Of("namedFormat.validate(string) optional<list<string>>", static (a, budget) => Validate(((CelNamedFormat)a[0]).Name, a.Text(1), budget)),
    ];

    // Nothing is a text that fits; what is wrong with another is in a list.
    private static CelOptional Validate(string format, string text, CelBudget budget)
    {
        budget.ChargeText(text.Length);
        return Checks[format](text) is { } wrong ? new CelOptional(new CelItems([new CelText(wrong)])) : CelOptional.None;
    }

    // What a name is generated from may end with what separates it from the generated part.
    private static string WithoutDash(string prefix) => prefix.EndsWith('-') ? prefix[..^1] + "a" : prefix;
}

internal sealed record CelNamedFormat(string Name) : CelValue
{
    internal override CelType Type => CelType.NamedFormat;
}
