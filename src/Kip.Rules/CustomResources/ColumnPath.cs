using System.Globalization;
using System.Text.Json;

namespace Kip.Rules.CustomResources;

/// <summary>The part of kubectl's JSONPath that printer columns use: members, indices, <c>[*]</c>, and filters that compare one member to a text.</summary>
/// <remarks><c>.status.conditions[?(@.type=="Ready")].status</c>, <c>.spec.ports[*].port</c>, <c>.metadata.labels['a.b/c']</c>, <c>.a\.b</c>.</remarks>
public sealed class ColumnPath
{
    private readonly List<Step> _steps = [];

    /// <summary>Reads a path; what is outside of the part that is known is said in <paramref name="why"/>.</summary>
    public static bool TryParse(string text, out ColumnPath path, out string why)
    {
        path = new ColumnPath();
        why = "";
        var rest = text.Trim();
        if (rest is ['{', .., '}']) rest = rest[1..^1];
        if (rest is ['$', ..]) rest = rest[1..];
        // A dot alone is the object itself.
        var at = rest == "." ? 1 : 0;
        while (at < rest.Length)
            if (!path.TakeStep(rest, ref at))
            {
                why = $"is not a path that kip can follow, from \"{rest[at..]}\" on: members, [0], [*], ['name'] and [?(@.member==\"text\")] are understood";
                return false;
            }
        return true;
    }

    /// <summary>The values that the path leads to in an object.</summary>
    public IEnumerable<JsonElement> Find(JsonElement root)
    {
        IEnumerable<JsonElement> found = [root];
        foreach (var step in _steps) found = found.SelectMany(step.From);
        return found;
    }

    private bool TakeStep(string text, ref int at)
    {
        if (text[at] == '.' && at + 1 < text.Length && text[at + 1] == '[') at++;
        return text[at] == '[' ? TakeBracket(text, ref at) : TakeMember(text, ref at);
    }

    private bool TakeMember(string text, ref int at)
    {
        var from = text[at] == '.' ? at + 1 : at;
        var name = new System.Text.StringBuilder();
        var to = from;
        for (; to < text.Length && text[to] is not ('.' or '['); to++)
        {
            // A backslash makes a dot part of the name.
            if (text[to] == '\\' && to + 1 < text.Length) to++;
            name.Append(text[to]);
        }
        // Two dots would search everywhere, which no column needs.
        if (name.Length == 0) return false;
        _steps.Add(name.ToString() == "*" ? new EveryStep() : new MemberStep(name.ToString()));
        at = to;
        return true;
    }

    private bool TakeBracket(string text, ref int at)
    {
        var end = EndOfBracket(text, at);
        if (end < 0) return false;
        var inner = text[(at + 1)..end].Trim();
        Step? step = inner switch
        {
            "*" => new EveryStep(),
            ['\'', .., '\''] or ['"', .., '"'] => new MemberStep(inner[1..^1].Replace("\\.", ".", StringComparison.Ordinal)),
            ['?', '(', .., ')'] => FilterStep.Parse(inner[2..^1]),
            _ when int.TryParse(inner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index) => new IndexStep(index),
            _ => null,
        };
        if (step is null) return false;
        _steps.Add(step);
        at = end + 1;
        return true;
    }

    private static int EndOfBracket(string text, int at)
    {
        char? quote = null;
        for (var i = at + 1; i < text.Length; i++)
        {
            if (quote is not null) quote = text[i] == quote ? null : quote;
            else if (text[i] is '\'' or '"') quote = text[i];
            else if (text[i] == ']') return i;
        }
        return -1;
    }

    private abstract record Step
    {
        public abstract IEnumerable<JsonElement> From(JsonElement value);

        protected static IEnumerable<JsonElement> ItemsOf(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Array => value.EnumerateArray(),
            JsonValueKind.Object => value.EnumerateObject().Select(static member => member.Value),
            _ => [],
        };
    }

    private sealed record MemberStep(string Name) : Step
    {
        public override IEnumerable<JsonElement> From(JsonElement value) =>
            value.ValueKind == JsonValueKind.Object && value.TryGetProperty(Name, out var member) ? [member] : [];
    }

    private sealed record IndexStep(int Index) : Step
    {
        public override IEnumerable<JsonElement> From(JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.Array) return [];
            var index = Index < 0 ? value.GetArrayLength() + Index : Index;
            return index >= 0 && index < value.GetArrayLength() ? [value[index]] : [];
        }
    }

    private sealed record EveryStep : Step
    {
        public override IEnumerable<JsonElement> From(JsonElement value) => ItemsOf(value);
    }

    private sealed record FilterStep(ColumnPath Left, bool Equal, string Right) : Step
    {
        public static FilterStep? Parse(string text)
        {
            var equal = text.IndexOf("==", StringComparison.Ordinal);
            var at = equal >= 0 ? equal : text.IndexOf("!=", StringComparison.Ordinal);
            if (at < 0 || text[..at].Trim() is not ['@', ..] left || !TryParse(left[1..], out var path, out _)) return null;
            var right = text[(at + 2)..].Trim();
            if (right is ['"', .., '"'] or ['\'', .., '\'']) right = right[1..^1];
            return new(path, equal >= 0, right);
        }

        public override IEnumerable<JsonElement> From(JsonElement value) =>
            ItemsOf(value).Where(item => Left.Find(item).Any(found => found.ToString() == Right) == Equal);
    }
}
