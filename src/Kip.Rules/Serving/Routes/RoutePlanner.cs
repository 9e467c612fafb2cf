using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;
using Kip.Rules.Networking;
using Kip.Rules.Serving.Revisions;
using Kip.Rules.Serving.Rollouts;

namespace Kip.Rules.Serving.Routes;

/// <summary>
/// Route → one Ingress; the Route's status is its URLs, its traffic as Revisions, and what the gateway says of the Ingress.
/// </summary>
public static class RoutePlanner
{
    public const string AllTrafficAssigned = "AllTrafficAssigned";
    public const string IngressReady = "IngressReady";
    public const string CertificateProvisioned = "CertificateProvisioned";

    private const long NanosecondsPerTick = 100;

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

        // 2. The Revisions, and how traffic moves to them.
        var resolution = TrafficResolver.Resolve(seen);
        if (resolution.Problem is { } problem) return Conclude(seen, [], status, Mark(conditions, problem));
        var duration = RouteRollout.Duration(route, seen.Config.Network);
        var now = (seen.Now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * NanosecondsPerTick;
        var rollout = RouteRollout.Goal(resolution.Targets);
        if (duration > TimeSpan.Zero)
            rollout = RolloutPlanner.Next(rollout, RouteRollout.Before(seen, resolution.Targets), r => seen.FindRevision(r) is not null, now);

        // 3. The names of each tag, with the certificates that there are.
        var groups = new List<(TrafficGroup, RouteHosts)>();
        foreach (var group in TrafficGroup.Of(resolution.Targets, rollout, r => RevisionProtocol.Of(seen.FindRevision(r)!.Spec)))
        {
            if (RouteHosts.For(route, group.Tag, seen.Config, out error) is not { } names) return Refuse(seen, status, conditions, error);
            groups.Add((group, names));
        }
        var certificates = new RouteCertificates(seen);
        groups = certificates.Secure(groups);
        conditions = certificates.Mark(conditions.MarkTrue(AllTrafficAssigned), isPublic: hosts.Public is not null);
        hosts = groups[0].Item2;
        status = status with
        {
            Url = hosts.Url, Address = AddressOf(status.Address, hosts.LocalUrl), Traffic = RouteTraffic.Of(resolution, rollout, groups),
        };

        // 4. The Ingress, and what the gateway says of it.
        return PlanIngress(seen, groups, certificates, new(rollout, duration, now), status, conditions);
    }

    private static Plan PlanIngress(RouteView seen, List<(TrafficGroup, RouteHosts)> groups, RouteCertificates certificates,
        RolloutState rollout, RouteStatus status, LivingConditions conditions)
    {
        var existing = seen.Ingress;
        if (existing is not null && !existing.IsControlledBy(seen.Route))
        {
            var message = $"There is an existing Ingress \"{existing.Metadata.Name}\" that we do not own.";
            ValueList<Edit> warn = conditions.IsFalse(IngressReady) ? [] : [new Edit.Record(seen.Route, "Warning", "NotOwned", message)];
            return Conclude(seen, warn, status, conditions.MarkFalse(IngressReady, "NotOwned", message));
        }
        var wanted = Make(rollout.State);
        List<Edit> edits = [.. certificates.Edits];
        if (existing is not null && IngressClasses.IsGivenAway(existing, wanted))
        {
            edits.Add(new Edit.Delete(existing));
            existing = null;
            wanted = Make(rollout.State);
        }
        var isCurrent = existing is not null && ReferenceEquals(wanted.Spec, existing.Spec)
            && existing.Metadata.Generation == existing.Status.ObservedGeneration;
        if (isCurrent && rollout.State.IsInProgress && existing!.Status.Conditions.IsTrue(ConditionSet.Ready))
        {
            // What the gateway serves counts from now: the first percent sets the pace of the rest.
            rollout = rollout with { State = RolloutPlanner.Observed(rollout.State, rollout.Duration, rollout.Now) };
            wanted = Make(rollout.State);
        }
        if (existing is null) edits.Add(new Edit.Create(wanted));
        else if (wanted != existing) edits.Add(new Edit.Update(wanted));
        conditions = rollout.State.IsInProgress
            ? conditions.MarkUnknown(IngressReady, "RolloutInProgress", "A gradual rollout of the latest revision(s) is in progress.")
            : isCurrent ? conditions.Copy(IngressReady, existing!.Status.Conditions.Find(ConditionSet.Ready))
            : NotConfigured(conditions);
        return Conclude(seen, [.. edits], status, conditions) with { RequeueAfter = rollout.NextLook };

        Ingress Make(Rollout state) => RouteIngress.Make(seen.Route, groups, certificates.Tls,
            rollout.Duration > TimeSpan.Zero ? RolloutJson.Write(state) : null, existing, seen.Config);
    }

    private static Addressable AddressOf(Addressable? stored, string url) => stored?.Url == url ? stored : new Addressable { Url = url };

    private static LivingConditions NotConfigured(LivingConditions conditions) =>
        conditions.MarkUnknown(IngressReady, "IngressNotConfigured", "Ingress has not yet been reconciled.");

    private static LivingConditions Mark(LivingConditions conditions, TrafficProblem problem) => problem.Status == ConditionStatus.False
        ? conditions.MarkFalse(AllTrafficAssigned, problem.Reason, problem.Message)
        : conditions.MarkUnknown(AllTrafficAssigned, problem.Reason, problem.Message);

    private static Plan Refuse(RouteView seen, RouteStatus status, LivingConditions conditions, string error) =>
        Conclude(seen, [], status, conditions.MarkFalse(AllTrafficAssigned, "ErrorConfig", $"domain name error: {error}"));

    private static Plan Conclude(RouteView seen, ValueList<Edit> edits, RouteStatus status, LivingConditions conditions)
    {
        status = status with { Conditions = conditions.ToList() };
        return new(edits, seen.Route with { Status = status }) { StatusWithin = Conditions.MayWait(seen.Route.Status.Conditions, status.Conditions) };
    }

    private readonly record struct RolloutState(Rollout State, TimeSpan Duration, long Now)
    {
        public TimeSpan? NextLook => State.NextStepTime is var next and > 0
            ? TimeSpan.FromTicks(Math.Max(1, (next - Now + NanosecondsPerTick - 1) / NanosecondsPerTick))
            : null;
    }
}
