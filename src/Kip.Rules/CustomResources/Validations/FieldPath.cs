namespace Kip.Rules.CustomResources.Validations;

/// <summary>A rule's <c>fieldPath</c>: members below the value, such as <c>.spec.foo</c> or <c>['my.key'].bar</c>.</summary>
internal static class FieldPath
{
    /// <summary>The path as errors write it; null when it leads to nothing that the schema knows.</summary>
    public static string? Read(string path, StructuralSchema schema)
    {
        var written = "";
        var rest = path.AsSpan().Trim();
        if (rest.IsEmpty) return null;
        while (!rest.IsEmpty)
        {
            if (!TryTake(ref rest, out var name)) return null;
            if (schema.Properties.GetValueOrDefault(name) is { } property) (written, schema) = (written.Length == 0 ? name : $"{written}.{name}", property);
            else if (schema.AdditionalProperties is { } values) (written, schema) = ($"{written}[{name}]", values);
            else return null;
        }
        return written;
    }

    private static bool TryTake(ref ReadOnlySpan<char> rest, out string name)
    {
        name = "";
        var isQuoted = rest.StartsWith("['");
        var end = isQuoted ? rest.IndexOf("']") : rest[1..].IndexOfAny('.', '[') + 1;
        if (isQuoted ? end < 0 : rest[0] != '.') return false;
        if (!isQuoted && end == 0) end = rest.Length;
        name = isQuoted
            ? rest[2..end].ToString().Replace("\\'", "'", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)
            : rest[1..end].ToString();
        rest = rest[(isQuoted ? end + 2 : end)..];
        return name.Length > 0;
    }
}
