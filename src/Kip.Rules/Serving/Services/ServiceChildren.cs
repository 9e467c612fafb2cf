using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Admission.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Services;

/// <summary>The Configuration and Route that a Service asks for.</summary>
internal static class ServiceChildren
{
    /// <summary>The Configuration: the template itself (shared, not copied) under the Service's labels and annotations.</summary>
    /// <param name="existing">What is there now; what does not differ is kept, so that an unchanged object compares equal.</param>
    /// <param name="routeIsOurs">False when the Route of that name is somebody else's: then it is not for us to say that it refers to
    /// this.</param>
    public static Configuration Configuration(Service service, Configuration? existing, bool routeIsOurs, ServingConfig config)
    {
        var labels = service.Metadata.Labels
            .With(ServingLabels.Service, service.Metadata.Name)
            .With(ServingLabels.ServiceUid, service.Metadata.Uid ?? "");
        var annotations = Inherited(service.Metadata.Annotations)
            .Without(ServingAnnotations.RolloutDuration).Without(ServingAnnotations.RolloutDurationAlias)
            .Without(ServingAnnotations.Routes);
        var routes = existing?.Metadata.Annotations.Get(ServingAnnotations.Routes);
        // The new Revision is to be born active: the Route is named before the labeler has seen anything.
        if (routeIsOurs) routes = RouteList.Add(routes, service.Metadata.Name);
        if (routes is not null) annotations = annotations.With(ServingAnnotations.Routes, routes);
        var spec = new ConfigurationSpec { Template = service.Spec.Template };
        var wanted = (existing ?? new Configuration()) with
        {
            Metadata = Metadata(service, existing?.Metadata, labels, annotations),
            Spec = existing is not null && existing.Spec == spec ? existing.Spec : spec,
        };
        // Compared as it would be stored, so that a default that is newer than the Service does not make it differ for ever.
        var isAsStored = existing is null || ReferenceEquals(wanted.Spec, existing.Spec);
        return isAsStored ? wanted : ConfigurationAdmission.Default(wanted, config, existing!);
    }

    /// <summary>The Route: the Service's traffic, with targets that name no Revision pointed at the Configuration.</summary>
    public static Route Route(Service service, Route? existing)
    {
        var labels = service.Metadata.Labels.With(ServingLabels.Service, service.Metadata.Name);
        var traffic = service.Spec.Traffic
            .Select(t => string.IsNullOrEmpty(t.RevisionName)
                ? t with { RevisionName = null, ConfigurationName = service.Metadata.Name }
                : t)
            .ToValueList();
        var spec = new RouteSpec { Traffic = traffic };
        return (existing ?? new Route()) with
        {
            Metadata = Metadata(service, existing?.Metadata, labels, Inherited(service.Metadata.Annotations)),
            Spec = existing is not null && existing.Spec == spec ? existing.Spec : spec,
        };
    }

    // The Service's own, and nothing else: a removal reaches the children too.
    private static StringMap Inherited(StringMap service) => service.Without(ServingAnnotations.LastApplied);

    private static ObjectMeta Metadata(Service service, ObjectMeta? existing, StringMap labels, StringMap annotations)
    {
        if (existing is not null)
            return existing.Labels == labels && existing.Annotations == annotations
                ? existing
                : existing with { Labels = labels, Annotations = annotations };
        return new ObjectMeta
        {
            Name = service.Metadata.Name,
            Namespace = service.Metadata.Namespace,
            Labels = labels,
            Annotations = annotations,
            OwnerReferences = [service.ControllerReference()],
        };
    }
}
