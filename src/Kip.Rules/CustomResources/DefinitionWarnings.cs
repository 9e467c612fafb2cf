using Kip.Resources.ApiExtensions;

namespace Kip.Rules.CustomResources;

/// <summary>What a definition asks for that has no effect here: whoever writes it is told.</summary>
public static class DefinitionWarnings
{
    public static IEnumerable<string> Of(CustomResourceDefinition definition) =>
        from version in definition.Spec.Versions
        let rules = SchemaReader.Read(version.Schema?.OpenApiV3Schema).SelfAndBelow().Sum(static schema => schema.Rules.Length)
        where rules > 0
        select $"spec.versions[{version.Name}]: {rules} x-kubernetes-validations are kept but not evaluated: kip has no CEL, "
            + "and objects that only these rules would refuse are accepted";
}
