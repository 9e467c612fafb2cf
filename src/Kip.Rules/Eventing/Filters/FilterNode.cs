using Kip.CloudEvents;
using Kip.Rules.Eventing.Cesql;

namespace Kip.Rules.Eventing.Filters;

/// <summary>One dialect's filter, compiled. Immutable.</summary>
internal abstract class FilterNode
{
    internal abstract FilterResult Evaluate(CloudEvent cloudEvent);

    private protected static FilterResult Result(bool passes) => passes ? FilterResult.Pass : FilterResult.Fail;
}

/// <summary>How an attribute's text is compared.</summary>
internal enum TextMatch
{
    Exact,
    Prefix,
    Suffix,

    /// <summary>The older filter: as <see cref="Exact"/>, and the empty value stands for anything that is not empty.</summary>
    ExactOrAny,
}

/// <summary><c>exact</c>, <c>prefix</c>, <c>suffix</c> and <c>filter.attributes</c>: every named attribute must match.</summary>
internal sealed class TextFilter(TextMatch match, KeyValuePair<string, string>[] wanted) : FilterNode
{
    internal override FilterResult Evaluate(CloudEvent cloudEvent)
    {
        Span<char> scratch = stackalloc char[16];
        foreach (var (name, value) in wanted)
        {
            if (!FilterAttributes.TryGet(cloudEvent, name, scratch, out var text)) return FilterResult.Fail;
            var matches = match switch
            {
                TextMatch.Prefix => text.StartsWith(value, StringComparison.Ordinal),
                TextMatch.Suffix => text.EndsWith(value, StringComparison.Ordinal),
                TextMatch.ExactOrAny when value.Length == 0 => !text.IsEmpty,
                _ => text.SequenceEqual(value),
            };
            if (!matches) return FilterResult.Fail;
        }
        return FilterResult.Pass;
    }
}

/// <summary>All must pass; the first that fails decides, else the last one's result stands.</summary>
internal sealed class AllFilter(FilterNode[] children) : FilterNode
{
    internal override FilterResult Evaluate(CloudEvent cloudEvent)
    {
        var result = FilterResult.NoFilter;
        foreach (var child in children)
        {
            result = child.Evaluate(cloudEvent);
            if (result == FilterResult.Fail) return result;
        }
        return result;
    }
}

/// <summary>One must pass; the first that does decides, else the last one's result stands.</summary>
internal sealed class AnyFilter(FilterNode[] children) : FilterNode
{
    internal override FilterResult Evaluate(CloudEvent cloudEvent)
    {
        var result = FilterResult.NoFilter;
        foreach (var child in children)
        {
            result = child.Evaluate(cloudEvent);
            if (result == FilterResult.Pass) return result;
        }
        return result;
    }
}

/// <summary>Passes what the other fails; one that imposes nothing still imposes nothing.</summary>
internal sealed class NotFilter(FilterNode inner) : FilterNode
{
    internal override FilterResult Evaluate(CloudEvent cloudEvent) => inner.Evaluate(cloudEvent) switch
    {
        FilterResult.Pass => FilterResult.Fail,
        FilterResult.Fail => FilterResult.Pass,
        _ => FilterResult.NoFilter,
    };
}

/// <summary>A CESQL expression: only true without an error passes.</summary>
internal sealed class CesqlFilter(CesqlExpression expression) : FilterNode
{
    internal override FilterResult Evaluate(CloudEvent cloudEvent) => Result(expression.Matches(cloudEvent));
}

/// <summary>Lets nothing pass: stands for a filter that is stored but cannot be understood.</summary>
internal sealed class NothingPasses : FilterNode
{
    internal override FilterResult Evaluate(CloudEvent cloudEvent) => FilterResult.Fail;
}
