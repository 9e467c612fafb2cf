using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Networking;

namespace Kip.Testing.Serving;

/// <summary>What the runtime, the autoscaler and the gateway would report, done by hand on a <see cref="ServingWorld"/>.</summary>
public static class Hands
{
    /// <summary>Every Deployment has its pods ready, except those whose image says <c>broken</c>: their pod crashes with code 3.</summary>
    public static void RunPods(this ServingWorld world)
    {
        foreach (var deployment in world.Objects.OfType<Deployment>().ToArray())
        {
            var isBroken = deployment.Spec.Template.Spec.Containers.Any(static c => c.Image.Contains("broken", StringComparison.Ordinal));
            if (isBroken) world.Crash(deployment, 3, "no such table: users");
            world.SetStatus(deployment with { Status = isBroken ? Starting(deployment) : Up(deployment) });
        }
    }

    /// <summary>Every autoscaler says what its Deployment shows: initialised and active with a ready pod, else waiting for one.</summary>
    public static void Autoscale(this ServingWorld world)
    {
        foreach (var autoscaler in world.Objects.OfType<PodAutoscaler>().ToArray())
        {
            var deployment = world.Find<Deployment>(new(autoscaler.Metadata.Namespace, autoscaler.Spec.ScaleTargetRef!.Name!));
            if (deployment is null) continue;
            var isUp = deployment.Status.ReadyReplicas > 0 || deployment.Spec.Replicas == 0;
            var isInitialized = isUp || autoscaler.Status.Conditions.IsTrue("ScaleTargetInitialized");
            world.SetStatus(autoscaler with
            {
                Status = new PodAutoscalerStatus
                {
                    ObservedGeneration = autoscaler.Metadata.Generation,
                    ServiceName = autoscaler.Metadata.Name,
                    DesiredScale = deployment.Spec.Replicas,
                    ActualScale = deployment.Status.ReadyReplicas,
                    Conditions =
                    [
                        deployment.Spec.Replicas == 0
                            ? Of("Ready", ConditionStatus.False, "NoTraffic", "The target is not receiving traffic.")
                            : isUp ? Of("Ready", ConditionStatus.True)
                            : Of("Ready", ConditionStatus.Unknown, "Queued",
                                "Requests to the target are being buffered as resources are provisioned."),
                        Of("ScaleTargetInitialized", isInitialized ? ConditionStatus.True : ConditionStatus.Unknown),
                    ],
                },
            });
        }
    }

    /// <summary>The gateway serves every Ingress as it is now.</summary>
    public static void Serve(this ServingWorld world)
    {
        foreach (var ingress in world.Objects.OfType<Ingress>().Where(IngressClasses.IsServed).ToArray())
            world.SetStatus(ingress with
            {
                Status = new IngressStatus
                {
                    ObservedGeneration = ingress.Metadata.Generation, Conditions = [Of("Ready", ConditionStatus.True)],
                },
            });
    }

    /// <summary>Lets everybody do their part until nothing changes any more.</summary>
    public static void Run(this ServingWorld world)
    {
        for (var round = 0; round < 20; round++)
        {
            var before = world.Objects.ToArray();
            world.Settle();
            world.RunPods();
            world.Settle();
            world.Autoscale();
            world.Settle();
            world.Serve();
            world.Settle();
            if (world.Objects.SequenceEqual(before)) return;
        }
        throw new InvalidOperationException("the world does not come to rest");
    }

    /// <summary>A pod of the Deployment has ended with this code and waits to be started again.</summary>
    public static void Crash(this ServingWorld world, Deployment deployment, int exitCode, string? message)
    {
        var name = $"{deployment.Metadata.Name}-x7k2p";
        if (world.Find<Pod>(new(deployment.Metadata.Namespace, name)) is null)
            world.Apply(new Pod
            {
                Metadata = new ObjectMeta
                {
                    Name = name,
                    Namespace = deployment.Metadata.Namespace,
                    Labels = deployment.Spec.Template.Metadata.Labels,
                    OwnerReferences = [deployment.ControllerReference()],
                },
                Spec = deployment.Spec.Template.Spec,
            });
        var pod = world.Get<Pod>(name, deployment.Metadata.Namespace);
        var container = new ContainerStatus
        {
            Name = pod.Spec.Containers[0].Name,
            RestartCount = 1,
            State = new ContainerState
            {
                Waiting = new ContainerStateWaiting { Reason = "CrashLoopBackOff", Message = "back-off 10s restarting failed container" },
            },
            LastState = new ContainerState
            {
                Terminated = new ContainerStateTerminated { ExitCode = exitCode, Reason = "Error", Message = message },
            },
        };
        world.SetStatus(pod with { Status = new PodStatus { Phase = "Running", ContainerStatuses = [container] } });
    }

    public static Condition Of(string type, string status, string? reason = null, string? message = null) =>
        new() { Type = type, Status = status, Reason = reason, Message = message };

    private static DeploymentStatus Up(Deployment deployment) => new()
    {
        ObservedGeneration = deployment.Metadata.Generation,
        Replicas = deployment.Spec.Replicas ?? 1,
        ReadyReplicas = deployment.Spec.Replicas ?? 1,
        AvailableReplicas = deployment.Spec.Replicas ?? 1,
        Conditions = [Of("Progressing", ConditionStatus.True, "NewReplicaSetAvailable")],
    };

    private static DeploymentStatus Starting(Deployment deployment) => new()
    {
        ObservedGeneration = deployment.Metadata.Generation,
        Replicas = deployment.Spec.Replicas ?? 1,
        UnavailableReplicas = deployment.Spec.Replicas ?? 1,
        Conditions = [Of("Progressing", ConditionStatus.True, "ReplicaSetUpdated")],
    };
}
