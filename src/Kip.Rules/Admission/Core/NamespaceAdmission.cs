using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Admission.Core;

/// <summary>Defaults of Namespaces: a finalizer that makes deletion wait until the namespace is empty, and a label to select it by name.</summary>
internal static class NamespaceAdmission
{
    private const string NameLabel = "kubernetes.io/metadata.name";
    private static readonly ValueList<string> Kubernetes = ["kubernetes"];

    public static Namespace Default(Namespace @namespace, Namespace? old)
    {
        var labels = @namespace.Metadata.Name.Length == 0 ? @namespace.Metadata.Labels : @namespace.Metadata.Labels.With(NameLabel, @namespace.Metadata.Name);
        if (labels != @namespace.Metadata.Labels) @namespace = @namespace with { Metadata = @namespace.Metadata with { Labels = labels } };
        if (old is not null) return @namespace;
        if (@namespace.Spec.Finalizers.IsEmpty) @namespace = @namespace with { Spec = new NamespaceSpec { Finalizers = Kubernetes } };
        return @namespace.Status.Phase is null ? @namespace with { Status = @namespace.Status with { Phase = "Active" } } : @namespace;
    }
}
