using System.Globalization;
using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Names;

namespace Kip.Rules.Serving.Configurations;

/// <summary>The Revision of a Configuration's present generation.</summary>
public static class RevisionOfConfiguration
{
    /// <summary>The name that the template brings, or <c>&lt;configuration&gt;-00001</c> with the generation's number.</summary>
    public static string NameFor(Configuration configuration) => configuration.Spec.Template.Metadata.Name is { Length: > 0 } brought
        ? brought
        : ChildName.Of(configuration.Metadata.Name, $"-{configuration.Metadata.Generation:00000}");

    /// <summary>
    /// The Revision to create: the template's spec (shared, not copied), its labels and annotations, and where it comes from.
    /// </summary>
    /// <remarks>Nothing of the Configuration's own labels and annotations reaches it but its identity and its routes.</remarks>
    public static Revision Make(Configuration configuration, DateTimeOffset now)
    {
        var template = configuration.Spec.Template;
        var routes = configuration.Metadata.Annotations.Get(ServingAnnotations.Routes);
        return new Revision
        {
            Metadata = new ObjectMeta
            {
                Name = NameFor(configuration),
                Namespace = configuration.Metadata.Namespace,
                Labels = Labels(configuration, routes is null ? RoutingStates.Pending : RoutingStates.Active),
                Annotations = Annotations(configuration, routes, now),
                OwnerReferences = [configuration.ControllerReference()],
            },
            Spec = template.Spec,
        };
    }

    private static StringMap Labels(Configuration configuration, string routingState)
    {
        var own = configuration.Metadata.Labels;
        var labels = new List<KeyValuePair<string, string>>(configuration.Spec.Template.Metadata.Labels)
        {
            new(ServingLabels.Configuration, configuration.Metadata.Name),
            new(ServingLabels.ConfigurationUid, configuration.Metadata.Uid ?? ""),
            new(ServingLabels.ConfigurationGeneration, configuration.Metadata.Generation.ToString(CultureInfo.InvariantCulture)),
            new(ServingLabels.RoutingState, routingState),
        };
        if (own.Get(ServingLabels.Service) is { } service) labels.Add(new(ServingLabels.Service, service));
        if (own.Get(ServingLabels.ServiceUid) is { } uid) labels.Add(new(ServingLabels.ServiceUid, uid));
        return StringMap.From(labels);
    }

    private static StringMap Annotations(Configuration configuration, string? routes, DateTimeOffset now)
    {
        var annotations = new List<KeyValuePair<string, string>>(configuration.Spec.Template.Metadata.Annotations)
        {
            new(ServingAnnotations.RoutingStateModified,
                now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
        };
        if (configuration.Metadata.Annotations.Get(ServingAnnotations.LastModifier) is { } creator)
            annotations.Add(new(ServingAnnotations.Creator, creator));
        if (routes is not null) annotations.Add(new(ServingAnnotations.Routes, routes));
        return StringMap.From(annotations);
    }
}
