using Kip.Resources;
using Kip.Resources.Eventing;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Rules of a Trigger's filters.</summary>
internal static class FilterRules
{
    // Deeper than anybody writes, and far from what the stack holds.
    private const int MaxDepth = 32;

    /// <summary>Names of attributes: lower case letters and digits, a letter first.</summary>
    public static void ValidateAttributes(StringMap attributes, FieldErrors errors)
    {
        foreach (var name in attributes.Keys)
            if (!IsAttributeName(name)) InvalidName(name, "attributes", errors);
    }

    public static void Validate(string field, ValueList<SubscriptionsApiFilter> filters, FieldErrors errors, int depth = 0)
    {
        for (var i = 0; i < filters.Count; i++)
            using (errors.In(field, i)) Validate(filters[i], errors, depth);
    }

    private static void Validate(SubscriptionsApiFilter filter, FieldErrors errors, int depth)
    {
        if (depth > MaxDepth)
        {
            errors.Say($"filters may be nested {MaxDepth} deep", "");
            return;
        }
        if (DialectsOf(filter) > 1) errors.Say("multiple dialects found, filters can have only one dialect set", "");
        ValidateValues("exact", filter.Exact, errors);
        ValidateValues("prefix", filter.Prefix, errors);
        ValidateValues("suffix", filter.Suffix, errors);
        Validate("all", filter.All, errors, depth + 1);
        Validate("any", filter.Any, errors, depth + 1);
        if (filter.Not is { } not)
            using (errors.In("not")) Validate(not, errors, depth + 1);
    }

    private static int DialectsOf(SubscriptionsApiFilter filter) =>
        (filter.All.IsEmpty ? 0 : 1) + (filter.Any.IsEmpty ? 0 : 1) + (filter.Not is null ? 0 : 1) + (filter.Exact.IsEmpty ? 0 : 1)
        + (filter.Prefix.IsEmpty ? 0 : 1) + (filter.Suffix.IsEmpty ? 0 : 1) + (string.IsNullOrEmpty(filter.Cesql) ? 0 : 1);

    // An empty value would match everything or nothing, depending on whom one asks: CloudEvents' specification forbids it.
    private static void ValidateValues(string dialect, StringMap values, FieldErrors errors)
    {
        foreach (var (name, value) in values.AsSpan().ToArray())
        {
            if (!IsAttributeName(name)) InvalidName(name, dialect, errors);
            else if (value.Length == 0) errors.Invalid("\"\"", $"{dialect}.{name}", "the value must not be empty");
        }
    }

    private static bool IsAttributeName(string name) =>
        name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));

    private static void InvalidName(string name, string field, FieldErrors errors) => errors.Say(
        $"invalid key name \"{name}\": Attribute name must start with a letter and can only contain lowercase alphanumeric", field);
}
