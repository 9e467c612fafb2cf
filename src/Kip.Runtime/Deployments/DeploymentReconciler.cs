using System.Collections.Concurrent;
using Kip.Client;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Planning;

namespace Kip.Runtime.Deployments;

/// <summary>Gathers what the <see cref="DeploymentPlanner"/> decides from.</summary>
/// <param name="nodeName">Where new pods run.</param>
/// <param name="newSuffix">Gives the last part of a new pod's name.</param>
/// <param name="requestsAt">Tells how many requests a pod has now. Null: nobody counts.</param>
/// <param name="newPort">Gives a free port for a new pod that is to be a process; null for any other, or when all are taken. Null: none is published.</param>
public sealed class DeploymentReconciler(string nodeName, Func<string> newSuffix, Func<PodSpec, int?>? newPort, Func<Pod, int>? requestsAt = null) : IReconciler
{
    private readonly ConcurrentDictionary<NamespacedName, string> _refused = new();
    private IIndexer<Deployment> _deployments = null!;
    private IIndexer<Pod> _pods = null!;

    public KindDefinition Kind => Deployment.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _deployments = watch.Own<Deployment>();
        _pods = watch.OwnedBy<Pod>();
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        _refused.TryRemove(key, out var refused);
        if (_deployments.Get(key) is not { } deployment) return Resources.Planning.Plan.Nothing;
        return DeploymentPlanner.Plan(new DeploymentView
        {
            Deployment = deployment,
            Pods = [.. _pods.OwnedBy(deployment.Metadata.Uid ?? "")],
            Now = now,
            NodeName = nodeName,
            NewSuffix = newSuffix,
            NewPort = newPort,
            RequestsAt = requestsAt,
            CreateFailure = refused,
        });
    }

    public void Failed(NamespacedName key, Exception why)
    {
        // Not those that only say that somebody else was faster: the server refuses the pod itself.
        if (why is ApiException { Code: 400 or 403 or 422 }) _refused[key] = why.Message;
    }
}
