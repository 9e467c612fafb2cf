namespace Kip.Resources.Selectors;

/// <summary>A field selector made ready to match: <c>metadata.name=x,status.phase!=Running</c>. No requirement matches everything.</summary>
public sealed record FieldQuery(ValueList<FieldRequirement> Requirements)
{
    public static readonly FieldQuery Everything = new(default(ValueList<FieldRequirement>));

    public bool IsEverything => Requirements.IsEmpty;

    /// <summary>Reads the wire form. A backslash before a comma, an equals sign or a backslash makes it part of the value.</summary>
    /// <exception cref="FormatException">The text is not a selector, or names a field by which this kind cannot be selected.</exception>
    public static FieldQuery Parse(string? text, KindDefinition kind)
    {
        if (string.IsNullOrEmpty(text)) return Everything;
        var found = FieldQueryParser.Parse(text);
        foreach (var requirement in found)
            if (!SelectableFields.Of(kind).Contains(requirement.Field))
                throw new FormatException($"field label not supported: {requirement.Field}");
        return new(found);
    }

    public bool Matches(Resource resource)
    {
        foreach (var requirement in Requirements)
            if ((SelectableFields.Read(resource, requirement.Field) == requirement.Value) == requirement.Negated) return false;
        return true;
    }

    /// <summary>The value that a field must have, when the query demands exactly one.</summary>
    public string? ExactValue(string field)
    {
        foreach (var requirement in Requirements)
            if (requirement.Field == field && !requirement.Negated) return requirement.Value;
        return null;
    }
}

/// <summary>One requirement on a field: equal to a value, or not.</summary>
public sealed record FieldRequirement(string Field, string Value, bool Negated);
