using Kip.Resources;
using Kip.Resources.Rbac;
using static Kip.Rules.Access.Defaults.RuleWords;

namespace Kip.Rules.Access.Defaults;

/// <summary>Kubernetes' own default roles, for the kinds that are served here.</summary>
internal static class KubernetesRoles
{
    private const string Authentication = "authentication.k8s.io";
    private const string Authorization = "authorization.k8s.io";

    private static readonly ValueList<string> HealthPaths = ["/livez", "/readyz", "/healthz", "/version", "/version/"];

    public static IReadOnlyList<ClusterRole> All { get; } =
    [
        Role("cluster-admin", [], Rule(RuleWords.All, ["*"], "*"), Paths(RuleWords.All, "*")),
        Gathering("admin", [], ToAdmin),
        Gathering("edit", [ToAdmin], ToEdit),
        Gathering("view", [ToEdit], ToView),
        Role("system:aggregate-to-view", [ToView],
            Rule(Read, [""],
                "configmaps", "endpoints", "serviceaccounts", "services", "services/status", "pods", "pods/log", "pods/status", "events", "limitranges",
                "resourcequotas", "resourcequotas/status", "namespaces", "namespaces/status"),
            Rule(Read, ["discovery.k8s.io"], "endpointslices"),
            Rule(Read, ["apps"], "deployments", "deployments/scale", "deployments/status", "replicasets", "replicasets/scale", "replicasets/status"),
            Rule(Read, ["batch"], "cronjobs", "cronjobs/status", "jobs", "jobs/status")),
        Role("system:aggregate-to-edit", [ToEdit],
            Rule(Read, [""], "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"),
            Rule(["impersonate"], [""], "serviceaccounts"),
            Rule(Write, [""], "pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"),
            Rule(["create"], [""], "pods/eviction", "serviceaccounts/token"),
            Rule(Write, [""], "configmaps", "events", "secrets", "serviceaccounts", "services", "services/proxy"),
            Rule(Write, ["apps"], "deployments", "deployments/scale", "replicasets", "replicasets/scale"),
            Rule(Write, ["batch"], "cronjobs", "jobs"),
            Rule(["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"], ["coordination.k8s.io"], "leases")),
        Role("system:aggregate-to-admin", [ToAdmin],
            Rule(["create"], [Authorization], "localsubjectaccessreviews"),
            Rule(["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"], [RbacNames.Group], "rolebindings", "roles")),
        Role("system:basic-user", [],
            Rule(["create"], [Authorization], "selfsubjectaccessreviews", "selfsubjectrulesreviews"), Rule(["create"], [Authentication], "selfsubjectreviews")),
        Role("system:discovery", [], Paths(["get"], [.. HealthPaths, "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"])),
        Role("system:public-info-viewer", [], Paths(["get"], HealthPaths)),
        Role("system:service-account-issuer-discovery", [], Paths(["get"], "/.well-known/openid-configuration", "/openid/v1/jwks")),
        Role("system:auth-delegator", [], Rule(["create"], [Authentication], "tokenreviews"), Rule(["create"], [Authorization], "subjectaccessreviews")),
        Role("system:monitoring", [], Paths(["get"], [.. HealthPaths, "/kip/metrics"])),
    ];

    /// <summary>Which groups have which of these roles. Nobody unknown has any: the health checks alone are open to all.</summary>
    public static IReadOnlyList<(string Role, ValueList<string> Groups)> Bound { get; } =
    [
        ("cluster-admin", [UserInfo.Masters]),
        ("system:basic-user", [UserInfo.Authenticated]),
        ("system:discovery", [UserInfo.Authenticated]),
        ("system:public-info-viewer", [UserInfo.Authenticated]),
        ("system:service-account-issuer-discovery", [UserInfo.ServiceAccounts]),
        ("system:monitoring", ["system:monitoring"]),
    ];
}
