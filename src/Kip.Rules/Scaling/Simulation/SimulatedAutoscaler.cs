using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Planning;

namespace Kip.Rules.Scaling.Simulation;

/// <summary>The autoscaler's own rules, from report to replicas, without anything around them.</summary>
internal sealed class SimulatedAutoscaler
{
    private static readonly NamespacedName Revision = new("simulated", "revision");

    // On a whole second, so that a report and the second that it tells of agree.
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AutoscalerConfig _config;
    private readonly AutoscalingAnnotations _asked;
    private readonly Decider _decider;
    private PodAutoscaler _autoscaler;
    private Deployment _target;

    /// <summary>A service that has been deployed long ago and has rested at its min-scale since.</summary>
    public SimulatedAutoscaler(SimulatedService service)
    {
        _config = service.Config;
        _asked = AutoscalingAnnotations.Read(service.Annotations);
        Replicas = Math.Max(_asked.MinScale ?? _config.MinScale, _config.EnableScaleToZero ? 0 : 1);
        _target = new Deployment
        {
            Metadata = new() { Namespace = Revision.Namespace, Name = "revision-deployment" }, Spec = new() { Replicas = Replicas },
        };
        _autoscaler = Rested(service, Replicas);
        _decider = new Decider(DeciderSpec.For(_autoscaler, _config), Start, 0);
    }

    /// <summary>Pods that the Deployment asks for.</summary>
    public int Replicas { get; private set; }

    /// <summary>Whether nothing can change until a report comes.</summary>
    public bool IsAsleep => _decider.IsAsleep;

    /// <summary>The next moment at which the reconciler wants to look; null when it waits for a change.</summary>
    public TimeSpan? Requeue { get; private set; }

    /// <summary>Takes in a report. The first of a revision that wants no pods is decided upon at once.</summary>
    public void Report(TimeSpan now, (double Concurrency, double Count) report, PodCounts pods)
    {
        _decider.Record(new RevisionStat(Revision, Start + now, report.Concurrency, report.Count));
        if (report.Concurrency > 0 && _decider.Last is null or { Desired: 0 }) Decide(now, pods);
    }

    /// <summary>Decides, as every two seconds while it is awake.</summary>
    public void Decide(TimeSpan now, PodCounts pods)
    {
        var before = _decider.Last?.Desired;
        var decision = _decider.Decide(Start + now, pods);
        if (before == decision.Desired) return;
        if (PodAutoscalerPlanner.Scale(View(now, pods), _asked).Replicas is { } replicas) Set(replicas);
        Reconcile(now, pods);
    }

    /// <summary>Plans until the plan is steady, as the reconcile loop does after each of its own writes.</summary>
    public void Reconcile(TimeSpan now, PodCounts pods)
    {
        for (var round = 0; round < 10; round++)
        {
            var plan = PodAutoscalerPlanner.Plan(View(now, pods));
            Requeue = plan.RequeueAfter is { } wait ? now + wait : null;
            foreach (var edit in plan.Edits)
                if (edit is Edit.Scale scale) Set(scale.Replicas);
            if (plan.Status is not PodAutoscaler planned || planned.Status == _autoscaler.Status) return;
            _autoscaler = planned;
        }
    }

    private void Set(int replicas)
    {
        Replicas = replicas;
        _target = _target with { Spec = _target.Spec with { Replicas = replicas } };
    }

    private PodAutoscalerView View(TimeSpan now, PodCounts pods) => new(_autoscaler, _target, pods, _decider.Last?.Desired, _config, Start + now);

    private static PodAutoscaler Rested(SimulatedService service, int replicas)
    {
        var since = Start - TimeSpan.FromDays(1);
        return new PodAutoscaler
        {
            Metadata = new() { Namespace = Revision.Namespace, Name = Revision.Name, CreationTimestamp = since, Annotations = service.Annotations },
            Spec = new()
            {
                ContainerConcurrency = service.ContainerConcurrency, Reachability = PodReachability.Reachable,
                ScaleTargetRef = new() { ApiVersion = "apps/v1", Kind = "Deployment", Name = "revision-deployment" },
            },
            Status = new()
            {
                DesiredScale = replicas,
                ActualScale = replicas,
                Conditions =
                [
                    new()
                    {
                        Type = PodAutoscalerConditions.Active, Status = replicas > 0 ? ConditionStatus.True : ConditionStatus.False,
                        LastTransitionTime = since, Reason = replicas > 0 ? null : "NoTraffic",
                    },
                    new() { Type = PodAutoscalerConditions.ScaleTargetInitialized, Status = ConditionStatus.True, LastTransitionTime = since },
                    new() { Type = PodAutoscalerConditions.SksReady, Status = ConditionStatus.True, LastTransitionTime = since },
                ],
            },
        };
    }
}
