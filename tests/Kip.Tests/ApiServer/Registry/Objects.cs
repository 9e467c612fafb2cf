using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;

namespace Kip.Tests.ApiServer.Registry;

/// <summary>Small objects for tests.</summary>
internal static class Objects
{
    private static readonly Container App = new() { Name = "app", Image = "example.com/app" };

    public static ConfigMap Map(string name, string space = "default", params (string, string)[] data) =>
        new() { Metadata = new() { Name = name, Namespace = space }, Data = StringMap.Of(data) };

    public static Deployment Deployment(string name, int replicas = 1) =>
        new()
        {
            Metadata = new() { Name = name, Namespace = "default" },
            Spec = new()
            {
                Replicas = replicas,
                Selector = new() { MatchLabels = StringMap.Of(("app", name)) },
                Template = new() { Metadata = new() { Labels = StringMap.Of(("app", name)) }, Spec = new() { Containers = [App] } },
            },
        };

    public static Pod Pod(string name, string? node = null, long? grace = null) => new()
    {
        Metadata = new() { Name = name, Namespace = "default" },
        Spec = new() { Containers = [App], NodeName = node, TerminationGracePeriodSeconds = grace },
    };

    public static T OwnedBy<T>(this T resource, Resource owner, bool blocks = true) where T : Resource => resource with
    {
        Metadata = resource.Metadata with
        {
            OwnerReferences =
            [
                .. resource.Metadata.OwnerReferences,
                new OwnerReference
                {
                    ApiVersion = owner.ApiVersion, Kind = owner.Kind, Name = owner.Metadata.Name, Uid = owner.Metadata.Uid!,
                    BlockOwnerDeletion = blocks,
                },
            ],
        },
    };

    public static T With<T>(this T resource, Func<ObjectMeta, ObjectMeta> change) where T : Resource =>
        resource with { Metadata = change(resource.Metadata) };
}
