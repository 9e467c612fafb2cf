using Kip.Resources.Core;
using Kip.Rules.Admission.Serving.Security;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving;

/// <summary>Which fields of a pod spec may be used in a Revision: some always, some behind a feature, the rest never.</summary>
internal static class PodSpecFieldRules
{
    public static void Validate(PodSpec spec, FeaturesConfig features, FieldErrors errors)
    {
        var disallowed = new List<string>();
        foreach (var (field, isSet, feature) in Fields(spec))
            if (isSet && !IsPermitted(feature, features)) disallowed.Add(field);
        if (disallowed.Count > 0) errors.Disallowed([.. disallowed]);
        if (spec.AutomountServiceAccountToken == true) errors.Invalid(true, "automountServiceAccountToken", "only false may be set");
        if (spec.SecurityContext is { Text: not "{}" } context && IsPermitted("securitycontext", features))
            PodSecurityContextRules.Validate(context, features, errors);
    }

    // The platform's own secure defaults bring a part of the pod's security context with them.
    private static bool IsPermitted(string? feature, FeaturesConfig features) => feature switch
    {
        null => false,
        "securitycontext" => features.Permits(FeaturesConfig.PodSecurityContext) || features.SecurePods != SecurePodDefaults.Disabled,
        _ => features.Permits("kubernetes.podspec-" + feature),
    };

    // A null feature means never.
    private static IEnumerable<(string Field, bool IsSet, string? Feature)> Fields(PodSpec spec) =>
    [
        ("affinity", spec.Affinity is not null, "affinity"),
        ("topologySpreadConstraints", spec.TopologySpreadConstraints is not null, "topologyspreadconstraints"),
        ("hostAliases", spec.HostAliases is not null, "hostaliases"),
        ("nodeSelector", !spec.NodeSelector.IsEmpty, "nodeselector"),
        ("runtimeClassName", IsSet(spec.RuntimeClassName), "runtimeclassname"),
        ("tolerations", spec.Tolerations is not null, "tolerations"),
        ("securityContext", spec.SecurityContext is { Text: not "{}" }, "securitycontext"),
        ("shareProcessNamespace", spec.ShareProcessNamespace is not null, "shareprocessnamespace"),
        ("priorityClassName", IsSet(spec.PriorityClassName), "priorityclassname"),
        ("schedulerName", IsSet(spec.SchedulerName), "schedulername"),
        ("initContainers", !spec.InitContainers.IsEmpty, "init-containers"),
        ("dnsPolicy", IsSet(spec.DnsPolicy), "dnspolicy"),
        ("dnsConfig", spec.DnsConfig is not null, "dnsconfig"),
        ("hostIPC", spec.HostIpc == true, "hostipc"),
        ("hostPID", spec.HostPid == true, "hostpid"),
        ("hostNetwork", spec.HostNetwork == true, "hostnetwork"),
        ("restartPolicy", IsSet(spec.RestartPolicy), null),
        ("terminationGracePeriodSeconds", spec.TerminationGracePeriodSeconds is not null, null),
        ("activeDeadlineSeconds", spec.ActiveDeadlineSeconds is not null, null),
        ("serviceAccount", IsSet(spec.ServiceAccount) && !IsSet(spec.ServiceAccountName), null),
        ("nodeName", IsSet(spec.NodeName), null),
        ("hostname", IsSet(spec.Hostname), null),
        ("subdomain", IsSet(spec.Subdomain), null),
        ("priority", spec.Priority is not null, null),
        ("preemptionPolicy", IsSet(spec.PreemptionPolicy), null),
        ("hostUsers", spec.HostUsers is not null, null),
        ("setHostnameAsFQDN", spec.SetHostnameAsFqdn is not null, null),
        ("readinessGates", spec.ReadinessGates is not null, null),
        ("overhead", spec.Overhead is not null, null),
        ("ephemeralContainers", spec.EphemeralContainers is not null, null),
        ("os", spec.Os is not null, null),
        ("schedulingGates", spec.SchedulingGates is not null, null),
        ("resourceClaims", spec.ResourceClaims is not null, null),
    ];

    private static bool IsSet(string? text) => !string.IsNullOrEmpty(text);
}
