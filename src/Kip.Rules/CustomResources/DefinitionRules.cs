using Kip.Resources.ApiExtensions;
using Kip.Resources.Selectors;
using Kip.Rules.Admission;

namespace Kip.Rules.CustomResources;

/// <summary>What may be defined: names, versions, and what may not change once objects may exist.</summary>
public static class DefinitionRules
{
    public static void Validate(CustomResourceDefinition definition, CustomResourceDefinition? old, FieldErrors errors)
    {
        using (errors.In("spec"))
        {
            ValidateGroup(definition.Spec, errors);
            ValidateNames(definition.Spec.Names, errors);
            if (definition.Spec.Scope is not ("Namespaced" or "Cluster"))
                errors.UnsupportedValue(definition.Spec.Scope, "scope", "Cluster", "Namespaced");
            if (definition.Spec.PreserveUnknownFields)
                errors.InvalidValue(
                    true, "preserveUnknownFields",
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
            ValidateConversion(definition.Spec, errors);
            ValidateVersions(definition.Spec, errors);
            if (old is not null) ValidateChange(definition.Spec, old, errors);
        }
        var expected = $"{definition.Spec.Names.Plural}.{definition.Spec.Group}";
        if (definition.Metadata.Name != expected)
            errors.InvalidValue(definition.Metadata.Name, "metadata.name", "must be spec.names.plural+\".\"+spec.group");
        if (definition.Status.StoredVersions.FirstOrDefault(v => definition.Spec.Versions.All(known => known.Name != v)) is { } lost)
            errors.InvalidValue(lost, "status.storedVersions", "missing from spec.versions; " + $"{lost} was previously a storage version, and must remain in "
                + "spec.versions until a storage migration ensures no data remains persisted in it and removes it from status.storedVersions");
    }

    private static void ValidateGroup(CustomResourceDefinitionSpec spec, FieldErrors errors)
    {
        if (spec.Group.Length == 0) errors.RequiredValue("group");
        else if (NameSyntax.SubdomainError(spec.Group) is { } wrong) errors.InvalidValue(spec.Group, "group", wrong);
        else if (!spec.Group.Contains('.', StringComparison.Ordinal)) errors.InvalidValue(spec.Group, "group", "should be a domain with at least one dot");
    }

    private static void ValidateNames(CustomResourceDefinitionNames names, FieldErrors errors)
    {
        using var scope = errors.In("names");
        Label(names.Plural, "plural", lower: false);
        Label(names.Singular ?? "", "singular", lower: false);
        Label(names.Kind, "kind", lower: true);
        Label(names.ListKind ?? "", "listKind", lower: true);
        for (var i = 0; i < names.ShortNames.Count; i++) Label(names.ShortNames[i], $"shortNames[{i}]", lower: false);
        for (var i = 0; i < names.Categories.Count; i++) Label(names.Categories[i], $"categories[{i}]", lower: false);
        if (names.Kind.Length > 0 && names.Kind == names.ListKind) errors.InvalidValue(names.ListKind, "listKind", "kind and listKind may not be the same");

        void Label(string name, string field, bool lower)
        {
            var compared = lower ? name.ToLowerInvariant() : name;
            if (name.Length == 0) errors.RequiredValue(field);
            else if (NameSyntax.Label1035Error(compared) is { } wrong)
                errors.InvalidValue(name, field, lower ? $"may have mixed case, but should otherwise match: {wrong}" : wrong);
        }
    }

    private static void ValidateConversion(CustomResourceDefinitionSpec spec, FieldErrors errors)
    {
        using var scope = errors.In("conversion");
        switch (spec.Conversion?.Strategy)
        {
            case "None":
                if (spec.Conversion.Webhook is not null) errors.Forbidden("webhook", "should not be set when strategy is not set to Webhook");
                break;
            case "Webhook":
                errors.InvalidValue(
                    "Webhook", "strategy",
                    "kip does not call conversion webhooks: use the strategy None, with versions that differ in nothing that must be converted");
                break;
            case var other:
                errors.UnsupportedValue(other ?? "", "strategy", "None", "Webhook");
                break;
        }
    }

    private static void ValidateVersions(CustomResourceDefinitionSpec spec, FieldErrors errors)
    {
        if (spec.Versions.IsEmpty) errors.RequiredValue("versions");
        if (spec.Versions.Count(static v => v.Storage) != 1 && !spec.Versions.IsEmpty)
            errors.InvalidValue("versions", "versions", "must have exactly one version marked as storage version");
        if (spec.Versions.Select(static v => v.Name).Distinct().Count() != spec.Versions.Count)
            errors.InvalidValue("versions", "versions", "must contain unique version names");
        for (var i = 0; i < spec.Versions.Count; i++)
        {
            using var scope = errors.In("versions", i);
            VersionRules.Validate(spec.Versions[i], errors);
        }
    }

    private static void ValidateChange(CustomResourceDefinitionSpec wanted, CustomResourceDefinition old, FieldErrors errors)
    {
        if (!DefinitionStatus.IsEstablished(old)) return;
        Same(wanted.Scope, old.Spec.Scope, "scope");
        Same(wanted.Group, old.Spec.Group, "group");
        Same(wanted.Names.Kind, old.Spec.Names.Kind, "names.kind");
        Same(wanted.Names.Plural, old.Spec.Names.Plural, "names.plural");

        void Same(string now, string before, string field)
        {
            if (now != before) errors.InvalidValue(now, field, "field is immutable");
        }
    }
}
