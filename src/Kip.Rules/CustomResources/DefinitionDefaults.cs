using Kip.Resources.ApiExtensions;

namespace Kip.Rules.CustomResources;

/// <summary>What a definition means where it says nothing.</summary>
public static class DefinitionDefaults
{
    /// <summary>The definition with the names and the conversion that Kubernetes fills in.</summary>
    public static CustomResourceDefinition Fill(CustomResourceDefinition definition)
    {
        var names = definition.Spec.Names;
        return definition with
        {
            Spec = definition.Spec with
            {
                Conversion = definition.Spec.Conversion ?? new() { Strategy = "None" },
                Names = names with
                {
                    Singular = string.IsNullOrEmpty(names.Singular) ? names.Kind.ToLowerInvariant() : names.Singular,
                    ListKind = string.IsNullOrEmpty(names.ListKind) ? $"{names.Kind}List" : names.ListKind,
                },
            },
        };
    }
}
