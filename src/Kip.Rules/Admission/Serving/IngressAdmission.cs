using Kip.Resources;
using Kip.Resources.Networking;

namespace Kip.Rules.Admission.Serving;

/// <summary>Defaults and rules of Knative's internal Ingress.</summary>
internal static class IngressAdmission
{
    public static Ingress Default(Ingress ingress)
    {
        var rules = Core.PodDefaults.Each(ingress.Spec.Rules, Fill);
        return rules == ingress.Spec.Rules ? ingress : ingress with { Spec = ingress.Spec with { Rules = rules } };
    }

    public static void Validate(Ingress ingress, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        if (ingress.Spec.Rules.IsEmpty) errors.Missing("rules");
        for (var i = 0; i < ingress.Spec.Rules.Count; i++)
        {
            using var inside = errors.In("rules", i);
            ValidateRule(ingress.Spec.Rules[i], ingress.Metadata.Namespace, errors);
        }
        for (var i = 0; i < ingress.Spec.Tls.Count; i++)
        {
            if (string.IsNullOrEmpty(ingress.Spec.Tls[i].SecretName)) errors.Missing($"tls[{i}].secretName");
            if (string.IsNullOrEmpty(ingress.Spec.Tls[i].SecretNamespace)) errors.Missing($"tls[{i}].secretNamespace");
        }
    }

    private static IngressRule Fill(IngressRule rule)
    {
        var paths = Core.PodDefaults.Each(rule.Http?.Paths ?? [], static path => path.Splits is { Count: 1 } && path.Splits[0].Percent == 0
            ? path with { Splits = [path.Splits[0] with { Percent = 100 }] }
            : path);
        if (rule.Visibility is { Length: > 0 } && (rule.Http is null || paths == rule.Http.Paths)) return rule;
        return rule with
        {
            Visibility = rule.Visibility is { Length: > 0 } stated ? stated : "ExternalIP",
            Http = rule.Http is null ? null : rule.Http with { Paths = paths },
        };
    }

    private static void ValidateRule(IngressRule rule, string @namespace, FieldErrors errors)
    {
        if (rule.Visibility is not ("ExternalIP" or "ClusterLocal")) errors.Invalid(rule.Visibility, "visibility");
        if (rule.Http is null)
        {
            errors.Missing("http");
            return;
        }
        using var _ = errors.In("http");
        if (rule.Http.Paths.IsEmpty) errors.Missing("paths");
        for (var i = 0; i < rule.Http.Paths.Count; i++)
        {
            using var inside = errors.In("paths", i);
            ValidateSplits(rule.Http.Paths[i].Splits, @namespace, errors);
        }
    }

    private static void ValidateSplits(ValueList<IngressBackendSplit> splits, string @namespace, FieldErrors errors)
    {
        if (splits.IsEmpty)
        {
            errors.Missing("splits");
            return;
        }
        var sum = 0;
        for (var i = 0; i < splits.Count; i++)
        {
            using var _ = errors.In("splits", i);
            var split = splits[i];
            sum += split.Percent;
            if (split.Percent is < 0 or > 100) errors.OutOfBounds(split.Percent, 0, 100, "percent");
            if (split.ServiceNamespace != @namespace) errors.Invalid(split.ServiceNamespace, "serviceNamespace");
            if (split.ServiceName.Length == 0) errors.Missing("serviceName");
            if (split.ServicePort is null) errors.Missing("servicePort");
        }
        if (sum != 100) errors.Say($"traffic split percentage must total to 100, but was {sum}", "splits");
    }
}
