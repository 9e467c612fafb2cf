using Kip.ApiServer.Registry;
using Kip.ApiServer.Registry.Metadata;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Custom;
using Kip.Rules.Admission;
using Kip.Rules.Conditions;
using Kip.Rules.CustomResources;

namespace Kip.ApiServer.CustomResources;

/// <summary>What definitions and the objects of the kinds they define are made into, and checked for, before they are stored.</summary>
internal sealed class CustomAdmission(Store store, KindCatalog kinds, TimeProvider time)
{
    /// <summary>Held over the whole write of a definition, so that two cannot be given the same name.</summary>
    public Lock Definitions { get; } = new();

    /// <summary>The object as it would be stored: with defaults, without unknown fields; a definition with its status.</summary>
    public Resource Default(AdmissionRequest request) => request.Object switch
    {
        CustomResourceDefinition definition when request.Subresource is null => Decide(kinds.BuiltInDefinition(definition) is { } builtIn
            ? definition with { Spec = builtIn.Spec, Metadata = definition.Metadata with { Labels = definition.Metadata.Labels.With(builtIn.Metadata.Labels) } }
            : DefinitionDefaults.Fill(definition)),
        CustomResource custom => Shape(custom),
        var other => other,
    };

    /// <summary>What is wrong with it.</summary>
    public static IEnumerable<FieldError> Validate(AdmissionRequest request)
    {
        if (request.Object is CustomResource custom) return Validate(custom, request.Old as CustomResource);
        if (request is not { Object: CustomResourceDefinition definition, Subresource: null }) return [];
        var errors = new FieldErrors();
        DefinitionRules.Validate(definition, request.Old as CustomResourceDefinition, errors);
        return errors.Found;
    }

    /// <summary>What whoever writes a definition should know although it is stored.</summary>
    public IEnumerable<string> Warnings(AdmissionRequest request)
    {
        if (request is not { Object: CustomResourceDefinition definition, Subresource: null }) return [];
        return kinds.BuiltInDefinition(definition) is null ? [] : [$"{definition.Metadata.Name} is built into kip: what the definition says changes nothing"];
    }

    // In the version in which it was sent, where that is known: other versions may ask for other things.
    private static IReadOnlyList<FieldError> Validate(CustomResource custom, CustomResource? old)
    {
        if (CustomKind.Of(custom.Definition) is not { } kind) return [];
        var schema = custom.Shape as StructuralSchema ?? kind.Version(custom.Version).Schema;
        using var value = custom.Whole();
        using var before = old?.Whole();
        var errors = SchemaValidation.Validate(value.RootElement, before?.RootElement, schema);
        // Rules speak of values that are what the schema says they are.
        return errors.Count > 0 ? errors : schema.RulesOfObject.Validate(value.RootElement, before?.RootElement);
    }

    /// <summary>The definition with the status that its names and those of the others make.</summary>
    public CustomResourceDefinition Decide(CustomResourceDefinition definition)
    {
        var others = store.Read(CustomResourceDefinition.Definition).Table.In(null).Cast<CustomResourceDefinition>();
        return DefinitionStatus.Decide(definition, TakenNames.ForOthersThan(definition, kinds.BuiltInKinds, others), Now);
    }

    /// <summary>The object as a deletion finds it: a definition waits for its objects to go first.</summary>
    /// <exception cref="ApiException">The kind is built in (403).</exception>
    public Resource BeforeDeletion(Resource present)
    {
        if (present is not CustomResourceDefinition { Metadata.DeletionTimestamp: null } definition) return present;
        if (kinds.BuiltInDefinition(definition) is not null)
            throw ApiException.Of(403, StatusReason.Forbidden,
                $"{definition.GetDefinition().QualifiedPlural} \"{definition.Metadata.Name}\" is forbidden: the kind is built into kip and cannot be removed");
        var pending = DefinitionStatus.Condition(
            DefinitionStatus.Terminating, ConditionStatus.True, "InstanceDeletionPending",
            "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon");
        return definition with
        {
            Metadata = definition.Metadata with { Finalizers = [.. definition.Metadata.Finalizers, DefinitionStatus.CleanupFinalizer] },
            Status = definition.Status with { Conditions = definition.Status.Conditions.With(pending, Now) },
        };
    }

    private DateTimeOffset Now => time.GetUtcNow().WholeSeconds();

    private static CustomResource Shape(CustomResource said)
    {
        if (CustomKind.Of(said.Definition) is not { } kind) return said;
        var shaped = kind.Version(said.Version).Shaped(said);
        return shaped.Version == kind.Storage.Name ? shaped : shaped with { Version = kind.Storage.Name };
    }
}
