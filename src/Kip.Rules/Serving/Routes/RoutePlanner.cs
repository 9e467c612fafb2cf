using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;

namespace Kip.Rules.Serving.Routes;

/// <summary>
/// Route → one Ingress; the Route's status is its URLs, its traffic as Revisions, and what the gateway says of the Ingress.
/// </summary>
public static class RoutePlanner
{
    public const string AllTrafficAssigned = "AllTrafficAssigned";
    public const string IngressReady = "IngressReady";
    public const string CertificateProvisioned = "CertificateProvisioned";

    public static readonly ConditionSet Conditions = ConditionSet.Living(AllTrafficAssigned, IngressReady, CertificateProvisioned);

    /// <summary>Decides what the gateway is to serve for a Route, and what the Route's status should say.</summary>
    /// <remarks>A target that cannot be resolved freezes the present Ingress and traffic: what works goes on working.</remarks>
    public static Plan Plan(RouteView seen)
    {
        var route = seen.Route;
        var conditions = Conditions.Take(route.Status.Conditions, seen.Now);
        if (route.Metadata.Generation != route.Status.ObservedGeneration) conditions = NotConfigured(conditions);
        var status = route.Status with { ObservedGeneration = route.Metadata.Generation };

        // 1. The names, which are known even when nothing can be served yet.
        if (RouteHosts.For(route, "", seen.Config, out var error) is not { } hosts) return Refuse(seen, status, conditions, error);
        status = status with { Url = hosts.Url, Address = AddressOf(status.Address, hosts.LocalUrl) };

        // 2. The Revisions.
        var resolution = TrafficResolver.Resolve(seen);
        if (resolution.Problem is { } problem) return Conclude(seen, [], status, Mark(conditions, problem));

        var groups = new List<(TrafficGroup, RouteHosts)>();
        foreach (var group in TrafficGroup.Of(resolution.Targets))
        {
            if (RouteHosts.For(route, group.Tag, seen.Config, out error) is not { } names) return Refuse(seen, status, conditions, error);
            groups.Add((group, names));
        }
        conditions = conditions.MarkTrue(AllTrafficAssigned)
            .MarkTrue(CertificateProvisioned, "TLSNotEnabled", "external-domain-tls is not enabled");
        status = status with { Traffic = StatusTraffic(resolution, groups) };

        // 3. The Ingress, and what the gateway says of it.
        return PlanIngress(seen, groups, status, conditions);
    }

    private static Plan PlanIngress(RouteView seen, List<(TrafficGroup, RouteHosts)> groups, RouteStatus status,
        LivingConditions conditions)
    {
        var existing = seen.Ingress;
        if (existing is not null && !existing.IsControlledBy(seen.Route))
        {
            var message = $"There is an existing Ingress \"{existing.Metadata.Name}\" that we do not own.";
            ValueList<Edit> warn = conditions.IsFalse(IngressReady) ? [] : [new Edit.Record(seen.Route, "Warning", "NotOwned", message)];
            return Conclude(seen, warn, status, conditions.MarkFalse(IngressReady, "NotOwned", message));
        }
        var wanted = RouteIngress.Make(seen.Route, groups, existing, seen.Config);
        ValueList<Edit> edits = existing is null ? [new Edit.Create(wanted)] : wanted != existing ? [new Edit.Update(wanted)] : [];
        var isCurrent = existing is not null && ReferenceEquals(wanted.Spec, existing.Spec)
            && existing.Metadata.Generation == existing.Status.ObservedGeneration;
        conditions = isCurrent
            ? conditions.Copy(IngressReady, existing!.Status.Conditions.Find(ConditionSet.Ready))
            : NotConfigured(conditions);
        return Conclude(seen, edits, status, conditions);
    }

    private static ValueList<TrafficTarget> StatusTraffic(TrafficResolution resolution,
        List<(TrafficGroup Group, RouteHosts Hosts)> groups) =>
        TrafficTargets.Merge(resolution.Targets.Select(static t => t.Target))
            .Select(t => string.IsNullOrEmpty(t.Tag) ? t : t with { Url = groups.Find(g => g.Group.Tag == t.Tag).Hosts.Url })
            .ToValueList();

    private static Addressable AddressOf(Addressable? stored, string url) => stored?.Url == url ? stored : new Addressable { Url = url };

    private static LivingConditions NotConfigured(LivingConditions conditions) =>
        conditions.MarkUnknown(IngressReady, "IngressNotConfigured", "Ingress has not yet been reconciled.");

    private static LivingConditions Mark(LivingConditions conditions, TrafficProblem problem) => problem.Status == ConditionStatus.False
        ? conditions.MarkFalse(AllTrafficAssigned, problem.Reason, problem.Message)
        : conditions.MarkUnknown(AllTrafficAssigned, problem.Reason, problem.Message);

    private static Plan Refuse(RouteView seen, RouteStatus status, LivingConditions conditions, string error) =>
        Conclude(seen, [], status, conditions.MarkFalse(AllTrafficAssigned, "ErrorConfig", $"domain name error: {error}"));

    private static Plan Conclude(RouteView seen, ValueList<Edit> edits, RouteStatus status, LivingConditions conditions) =>
        new(edits, seen.Route with { Status = status with { Conditions = conditions.ToList() } });
}
