using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Rules.Serving.Labeling;

/// <summary>The names of the Configurations and Revisions that a Route refers to, now or as soon as they are ready.</summary>
public sealed record RouteReferences(IReadOnlySet<string> Configurations, IReadOnlySet<string> Revisions)
{
    public static readonly RouteReferences None = new(new HashSet<string>(), new HashSet<string>());

    internal static RouteReferences Of(LabelerView seen)
    {
        var configurations = new HashSet<string>();
        var revisions = new HashSet<string>();
        foreach (var target in seen.Route!.Spec.Traffic.Concat(seen.Route.Status.Traffic))
        {
            if (!string.IsNullOrEmpty(target.RevisionName)) revisions.Add(target.RevisionName);
            if (!string.IsNullOrEmpty(target.ConfigurationName)) configurations.Add(target.ConfigurationName);
        }
        foreach (var revision in seen.Revisions)
            if (revisions.Contains(revision.Metadata.Name) && revision.Metadata.Labels.Get(ServingLabels.Configuration) is { } owner)
                configurations.Add(owner);
        // A Service's Configuration is its Route's, whatever the traffic is pinned to.
        if (seen.Route.Metadata.Labels.Get(ServingLabels.Service) is { } service)
            foreach (var configuration in seen.Configurations)
                if (configuration.Metadata.Labels.Get(ServingLabels.Service) == service) configurations.Add(configuration.Metadata.Name);
        // The latest made counts before it is ready, so that it comes up with the pods that its minimum asks for.
        foreach (var configuration in seen.Configurations)
            if (FollowsLatest(seen.Route, configuration.Metadata.Name)
                && configuration.Status.LatestCreatedRevisionName is { Length: > 0 } latest)
                revisions.Add(latest);
        return new(configurations, revisions);
    }

    private static bool FollowsLatest(Route route, string configuration) =>
        route.Spec.Traffic.Any(t => t.ConfigurationName == configuration);
}
