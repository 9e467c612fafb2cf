using Kip.Resources.Serving;

namespace Kip.Rules.Admission.Serving;

/// <summary>Defaults and rules of Routes.</summary>
internal static class RouteAdmission
{
    public static Route Default(Route route, Route? old, string user)
    {
        var traffic = TrafficAdmission.Default(route.Spec.Traffic, isService: false);
        if (traffic != route.Spec.Traffic) route = route with { Spec = route.Spec with { Traffic = traffic } };
        if (!route.Metadata.OwnerReferences.IsEmpty) return route;
        var metadata = UserAnnotations.Stamp(route.Metadata, old?.Metadata, specChanged: old is null || route.Spec != old.Spec, user);
        return ReferenceEquals(metadata, route.Metadata) ? route : route with { Metadata = metadata };
    }

    public static void Validate(Route route, Route? old, FieldErrors errors)
    {
        var specChanged = old is null || route.Spec != old.Spec;
        using (errors.In("metadata"))
        {
            MetadataRules.Validate(route.Metadata, old?.Metadata, specChanged, errors);
            MetadataRules.ValidateOwnerLabel(route.Metadata, ServingLabels.Service, "Service", errors);
        }
        if (!specChanged) return;
        using (errors.In("spec")) TrafficAdmission.Validate(route.Spec.Traffic, isService: false, errors);
    }
}
