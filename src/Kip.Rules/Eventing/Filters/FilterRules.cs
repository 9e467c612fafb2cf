using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Rules.Admission;
using Kip.Rules.Eventing.Cesql;

namespace Kip.Rules.Eventing.Filters;

/// <summary>What must hold of a Trigger's filters before it is stored, in Knative's words where Knative has them.</summary>
public static class FilterRules
{
    /// <summary>Filters inside of filters end here; evaluation goes as deep as they do.</summary>
    public const int MaxDepth = 50;

    private const string NameRule = "Attribute name must start with a letter and can only contain lowercase alphanumeric";

    /// <summary>
    /// Checks <c>filter.attributes</c> and <c>filters</c>; paths are relative to where the errors' gatherer stands: the spec.
    /// </summary>
    public static void Validate(TriggerSpec spec, FieldErrors errors)
    {
        if (spec.Filter is { } filter)
        {
            using (errors.In("filter")) ValidateNames(filter.Attributes, "attributes", errors);
        }
        ValidateList(spec.Filters, "filters", errors);
    }

    /// <summary>Checks a list of filters in the field of that name.</summary>
    public static void ValidateList(ValueList<SubscriptionsApiFilter> filters, string field, FieldErrors errors) =>
        ValidateList(filters, field, errors, 0);

    private static void ValidateList(ValueList<SubscriptionsApiFilter> filters, string field, FieldErrors errors, int depth)
    {
        for (var i = 0; i < filters.Count; i++)
        {
            using (errors.In(field, i)) ValidateOne(filters[i], errors, depth);
        }
    }

    private static void ValidateOne(SubscriptionsApiFilter filter, FieldErrors errors, int depth)
    {
        if (depth == MaxDepth)
        {
            errors.Say($"filters must not be nested more than {MaxDepth} levels deep", "");
            return;
        }
        if (Dialects(filter) > 1)
        {
            errors.Say("multiple dialects found, filters can have only one dialect set", "");
            return;
        }
        ValidateMap(filter.Exact, "exact", errors);
        ValidateMap(filter.Prefix, "prefix", errors);
        ValidateMap(filter.Suffix, "suffix", errors);
        ValidateList(filter.All, "all", errors, depth + 1);
        ValidateList(filter.Any, "any", errors, depth + 1);
        if (filter.Not is { } inner)
        {
            using (errors.In("not")) ValidateOne(inner, errors, depth + 1);
        }
        if (filter.Cesql is { Length: > 0 } text && !CesqlExpression.TryParse(text, out _, out var error))
            errors.Invalid(text, "cesql", error.ToString());
    }

    private static int Dialects(SubscriptionsApiFilter filter) =>
        (filter.All.Count > 0 ? 1 : 0) + (filter.Any.Count > 0 ? 1 : 0) + (filter.Not is not null ? 1 : 0) + (filter.Exact.IsEmpty ? 0 : 1)
        + (filter.Prefix.IsEmpty ? 0 : 1) + (filter.Suffix.IsEmpty ? 0 : 1) + (filter.Cesql is { Length: > 0 } ? 1 : 0);

    private static void ValidateMap(StringMap wanted, string field, FieldErrors errors)
    {
        ValidateNames(wanted, field, errors);
        foreach (var (name, value) in wanted)
        {
            if (name.Length > 0 && value.Length == 0)
                errors.Invalid("", $"{field}.{name}", "an empty value matches nothing; use EXISTS in cesql");
        }
    }

    private static void ValidateNames(StringMap wanted, string field, FieldErrors errors)
    {
        foreach (var (name, _) in wanted)
        {
            if (!IsName(name)) errors.InvalidKey(name, $"{field}[{name}]", NameRule);
        }
    }

    private static bool IsName(string name) =>
        name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
}
