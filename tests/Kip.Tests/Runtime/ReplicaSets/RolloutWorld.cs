using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;
using Kip.Runtime.ReplicaSets;

namespace Kip.Tests.Runtime.ReplicaSets;

/// <summary>A Deployment with both controllers and an API that carries out what they ask for; pods get ready at once unless a test says otherwise.</summary>
internal sealed class RolloutWorld
{
    private readonly Dictionary<string, ReplicaSet> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Pod> _pods = new(StringComparer.Ordinal);
    private Func<Pod, bool> _ready = static _ => true;
    private int _number;

    public RolloutWorld(int replicas, Func<DeploymentSpec, DeploymentSpec>? change = null)
    {
        var spec = new DeploymentSpec
        {
            Replicas = replicas, RevisionHistoryLimit = 10, Selector = new LabelSelector { MatchLabels = StringMap.Of(("app", "web")) },
            Template = Template("v1"),
        };
        Deployment = new Deployment { Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "d1" }, Spec = change?.Invoke(spec) ?? spec };
    }

    public Deployment Deployment { get; private set; }

    public ReplicaSet[] Sets => [.. _sets.Values];

    public Pod[] Pods => [.. _pods.Values];

    public ReplicaSet Set(string image) => _sets.Values.Single(s => s.Spec.Template.Spec.Containers[0].Image == image);

    public Pod[] PodsOf(string image) => [.. _pods.Values.Where(p => p.IsControlledBy(Set(image)))];

    /// <summary>Changes the Deployment.</summary>
    /// <param name="ready">Which pods are ready from now on, of those that are made from now on.</param>
    public void Change(string image, string? cause = null, Func<DeploymentSpec, DeploymentSpec>? change = null, Func<Pod, bool>? ready = null)
    {
        var spec = Deployment.Spec with { Template = Template(image) };
        var annotations = cause is null ? Deployment.Metadata.Annotations : Deployment.Metadata.Annotations.With("kubernetes.io/change-cause", cause);
        Deployment = Deployment with { Metadata = Deployment.Metadata with { Annotations = annotations }, Spec = change?.Invoke(spec) ?? spec };
        _ready = ready ?? _ready;
    }

    public void Lose(Pod pod) => _pods.Remove(pod.Metadata.Name);

    public void AddDirectPod(string name) =>
        Add(new Pod { Metadata = new ObjectMeta { Name = name, Namespace = "default", OwnerReferences = [Deployment.ControllerReference()] } });

    /// <summary>Lets both controllers work until nothing changes any more.</summary>
    public void Settle()
    {
        for (var round = 0; round < 200; round++)
        {
            var before = (Deployment, Sets, Pods);
            Apply(DeploymentPlanner.Plan(new DeploymentView
            {
                Deployment = Deployment, Sets = [.. Sets], Pods = [.. Pods], Now = DateTimeOffset.UnixEpoch.AddSeconds(round), NewPods = NewPods,
                IsTaken = _sets.ContainsKey,
            }));
            foreach (var set in Sets)
                Apply(ReplicaSetPlanner.Plan(new ReplicaSetView
                {
                    Set = set, Pods = [.. Pods.Where(p => p.IsControlledBy(set))], Now = DateTimeOffset.UnixEpoch.AddSeconds(round), NewPods = NewPods,
                }));
            if (before.Deployment == Deployment && before.Sets.SequenceEqual(Sets) && before.Pods.SequenceEqual(Pods)) return;
        }
        throw new InvalidOperationException("the rollout does not come to rest");
    }

    private PodFactory NewPods => new("node", () => $"n{_number++:00000}");

    private static PodTemplateSpec Template(string image) => new()
    {
        Metadata = new ObjectMeta { Labels = StringMap.Of(("app", "web")) },
        Spec = new PodSpec { Containers = [new Container { Name = "app", Image = image }] },
    };

    private void Apply(Plan plan)
    {
        foreach (var edit in plan.Edits)
            switch (edit)
            {
                case Edit.Create { Object: Pod pod }: Add(pod); break;
                case Edit.Create { Object: ReplicaSet set }:
                    var made = DateTimeOffset.UnixEpoch.AddDays(_sets.Count);
                    _sets.Add(
                        set.Metadata.Name,
                        set with { Metadata = set.Metadata with { Uid = set.Metadata.Name, CreationTimestamp = made, Generation = 1 } });
                    break;
                case Edit.Update { Object: ReplicaSet set }:
                    _sets[set.Metadata.Name] = set with
                    {
                        Metadata = set.Metadata with { Generation = set.Metadata.Generation + 1 }, Status = _sets[set.Metadata.Name].Status,
                    };
                    break;
                case Edit.Update { Object: Deployment changed }: Deployment = changed; break;
                case Edit.Delete { Object: Pod pod }: _pods.Remove(pod.Metadata.Name); break;
                case Edit.Delete { Object: ReplicaSet set }: _sets.Remove(set.Metadata.Name); break;
            }
        if (plan.Status is Deployment reported) Deployment = Deployment with { Status = reported.Status };
        if (plan.Status is ReplicaSet counted && _sets.TryGetValue(counted.Metadata.Name, out var present))
            _sets[counted.Metadata.Name] = present with { Status = counted.Status };
    }

    private void Add(Pod pod) => _pods.Add(pod.Metadata.Name, pod with
    {
        Metadata = pod.Metadata with { Uid = pod.Metadata.Name },
        Spec = pod.Spec with { NodeName = "node" },
        Status = new PodStatus
        {
            Phase = "Running",
            Conditions = [new Condition { Type = "Ready", Status = _ready(pod) ? "True" : "False", LastTransitionTime = DateTimeOffset.UnixEpoch }],
        },
    });
}
