using Kip.ApiServer.Security.Reviews;
using Kip.Resources;

namespace Kip.ApiServer.Http.Documents;

/// <summary>A resource as discovery describes it: a kind's objects, one of their subresources, or a review.</summary>
/// <param name="Name">The name in paths; <c>pods/log</c> for a subresource.</param>
/// <param name="Group">The group that serves it.</param>
/// <param name="Version">The version.</param>
/// <param name="Kind">The kind of its bodies.</param>
/// <param name="KindGroup">The kind's own group: autoscaling for a Scale.</param>
/// <param name="Verbs">What can be done with it.</param>
internal sealed record ServedResource(string Name, string Group, string Version, string Kind, string KindGroup, bool Namespaced, string[] Verbs)
{
    public static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    private static readonly string[] SideVerbs = ["get", "patch", "update"];

    public string KindVersion { get; init; } = Version;
    public string Singular { get; init; } = "";
    public ValueList<string> ShortNames { get; init; }
    public ValueList<string> Categories { get; init; }

    /// <summary>A kind's objects.</summary>
    public static ServedResource Of(KindDefinition kind) => new(kind.Plural, kind.Group, kind.Version, kind.Kind, kind.Group, kind.Namespaced, AllVerbs)
    {
        Singular = kind.Singular,
        ShortNames = kind.ShortNames,
        Categories = kind.Categories,
    };

    /// <summary>The subresources of a kind.</summary>
    public static IEnumerable<ServedResource> SubresourcesOf(KindDefinition kind)
    {
        if (kind.HasStatus) yield return Side(kind, "status", SideVerbs);
        if (kind.HasScale) yield return Side(kind, "scale", SideVerbs) with { Kind = "Scale", KindGroup = "autoscaling", KindVersion = "v1" };
        if (kind == Resources.Core.ServiceAccount.Definition)
            yield return Side(kind, "token", ["create"]) with { Kind = "TokenRequest", KindGroup = "authentication.k8s.io", KindVersion = "v1" };
        if (kind == Resources.Certificates.CertificateSigningRequest.Definition) yield return Side(kind, "approval", SideVerbs);
        if (kind != Resources.Core.Pod.Definition) yield break;
        yield return Side(kind, "log", ["get"]);
        yield return Side(kind, "exec", ["create", "get"]) with { Kind = "PodExecOptions" };
        yield return Side(kind, "attach", ["create", "get"]) with { Kind = "PodAttachOptions" };
        yield return Side(kind, "portforward", ["create", "get"]) with { Kind = "PodPortForwardOptions" };
    }

    /// <summary>A review in each of its versions.</summary>
    public static IEnumerable<ServedResource> InEveryVersion(Review review) => review.Versions.Select(version =>
        new ServedResource(
            review.Plural, review.Group, version, review.Kind, review.Group, review.Namespaced,
            ["create"]) { Singular = review.Kind.ToLowerInvariant() });

    private static ServedResource Side(KindDefinition kind, string name, string[] verbs) =>
        new($"{kind.Plural}/{name}", kind.Group, kind.Version, kind.Kind, kind.Group, kind.Namespaced, verbs);
}
