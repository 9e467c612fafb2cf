using Kip.Resources;

namespace Kip.ApiServer.Schema;

/// <summary>What OpenAPI calls the types: Kubernetes' own names, so that tools which know them find them.</summary>
public static class ComponentNames
{
    // Namespace of the records to the prefix of the component.
    private static readonly Dictionary<string, string> Prefixes = new()
    {
        ["Kip.Resources"] = "io.k8s.apimachinery.pkg.apis.meta.v1",
        ["Kip.Resources.AdmissionRegistration"] = "io.k8s.api.admissionregistration.v1",
        ["Kip.Resources.ApiExtensions"] = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1",
        ["Kip.Resources.Core"] = "io.k8s.api.core.v1",
        ["Kip.Resources.Apps"] = "io.k8s.api.apps.v1",
        ["Kip.Resources.Events"] = "io.k8s.api.events.v1",
        ["Kip.Resources.Coordination"] = "io.k8s.api.coordination.v1",
        ["Kip.Resources.Serving"] = "dev.knative.serving.v1",
        ["Kip.Resources.Duck"] = "dev.knative.pkg.duck.v1",
        ["Kip.Resources.Eventing"] = "dev.knative.eventing.v1",
        ["Kip.Resources.Messaging"] = "dev.knative.messaging.v1",
        ["Kip.Resources.Flows"] = "dev.knative.flows.v1",
        ["Kip.Resources.Autoscaling"] = "dev.knative.internal.autoscaling.v1alpha1",
        ["Kip.Resources.Networking"] = "dev.knative.internal.networking.v1alpha1",
    };

    /// <summary>The component of a type, such as <c>io.k8s.api.core.v1.Pod</c>.</summary>
    public static string Of(Type type) => $"{Prefixes.GetValueOrDefault(type.Namespace ?? "", $"dev.kip.{type.Namespace}")}.{type.Name}";

    /// <summary>The component of a kind; of a custom one by its group's reversed name, such as <c>com.example.stable.v1.CronTab</c>.</summary>
    public static string Of(KindDefinition kind) =>
        kind.Format is null ? Of(kind.ClrType) : string.Join('.', [.. kind.Group.Split('.').Reverse(), kind.Version, kind.Kind]);

    /// <summary>The component of a kind's list.</summary>
    public static string ListOf(KindDefinition kind) => $"{Of(kind)}List";
}
