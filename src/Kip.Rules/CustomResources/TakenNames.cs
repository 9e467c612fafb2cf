using Kip.Resources;
using Kip.Resources.ApiExtensions;

namespace Kip.Rules.CustomResources;

/// <summary>The names that others in an API group have: plurals, singulars and short names together, and kinds.</summary>
public sealed record TakenNames(IReadOnlySet<string> Resources, IReadOnlySet<string> Kinds)
{
    /// <summary>What the built-in kinds and the other definitions of the group leave for a definition.</summary>
    public static TakenNames ForOthersThan(
        CustomResourceDefinition definition, IEnumerable<KindDefinition> builtIn, IEnumerable<CustomResourceDefinition> definitions)
    {
        var accepted = definitions
            .Where(other => other.Spec.Group == definition.Spec.Group && other.Metadata.Name != definition.Metadata.Name)
            .Select(static other => other.Status.AcceptedNames)
            // A built-in kind may appear as a definition, too: its names are its own.
            .Concat(builtIn.Where(kind => kind.Group == definition.Spec.Group && kind.QualifiedPlural != definition.Metadata.Name).Select(NamesOf))
            .ToArray();
        return new(
            accepted.SelectMany(static names => names.ShortNames.Append(names.Plural).Append(names.Singular ?? "")).Where(IsName).ToHashSet(),
            accepted.SelectMany(static names => (string[])[names.Kind, names.ListKind ?? ""]).Where(IsName).ToHashSet());
    }

    private static bool IsName(string name) => name.Length > 0;

    private static CustomResourceDefinitionNames NamesOf(KindDefinition kind) => new()
    {
        Plural = kind.Plural, Singular = kind.Singular, ShortNames = kind.ShortNames, Kind = kind.Kind, ListKind = $"{kind.Kind}List",
    };
}
