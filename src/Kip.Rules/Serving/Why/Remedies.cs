using Kip.Resources.Serving;
using Kip.Rules.Scheduling;

namespace Kip.Rules.Serving.Why;

/// <summary>Which setting decides about a failure, and what to do, by the reason that a condition gives.</summary>
internal static class Remedies
{
    /// <summary>What is known about a reason; the last resort for one that is not.</summary>
    /// <param name="reason">Of the condition, or of a container's state.</param>
    /// <param name="service">For the commands.</param>
    /// <param name="revision">The revision that fails; null when there is none.</param>
    public static (string? Setting, string Fix) For(string? reason, string service, Revision? revision)
    {
        var image = revision?.Spec.Containers is [var first, ..] ? first.Image : "(none)";
        return reason switch
        {
            "ContainerMissing" or "ErrImagePull" or "ImagePullBackOff" or "ErrImageNeverPull" or "InvalidImageName" => (
                $"spec.template.spec.containers[0].image is {image}",
                "correct the image's name, or build it with: kip deploy DIR"),
            "CreateContainerConfigError" => (
                "the template's env, envFrom and volumes name ConfigMaps, Secrets and keys, which must be there",
                "create what the message names, or correct the name in the template"),
            "CreateContainerError" or "StartError" or "RunContainerError" => (
                "the template's command, args and workingDir say what is started",
                "correct them so that the program is found in the image"),
            "OOMKilled" => ("spec.template.spec.containers[0].resources.limits.memory", "raise the memory limit, or let the program use less"),
            "CrashLoopBackOff" => (
                "a Service's program must go on running and listen on the port in $PORT",
                $"mend what the log tells, then deploy again; all of the log: kip logs {service}"),
            "ProgressDeadlineExceeded" => (
                $"{ServingAnnotations.ProgressDeadline} on the template, else progress-deadline in config-deployment, is how long pods may "
                + "take to become ready",
                $"see why the pods are not ready: kip logs {service}; if they only need longer, raise the deadline"),
            NodeRoom.Unschedulable => (
                "resources.requests of the template's containers, or their limits where they request nothing, are more than the machine has",
                "lower them; what the machine has: kubectl get node -o jsonpath='{.items[0].status.allocatable}'"),
            "FailedCreate" => (
                "resources.requests of the containers, and quotas of the namespace, decide whether there is room for a pod",
                "lower the requests, or make room"),
            "RevisionMissing" =>
                ("spec.traffic names the Revision", $"name one that exists: kip get revisions; or send all to the latest: kip traffic {service} @latest=100"),
            "ConfigurationMissing" => ("spec.traffic names the Configuration", "create the Configuration, or correct its name"),
            "RevisionNotOwned" =>
                ("spec.traffic may only name Revisions of the same Service", $"name one of its own: kip get revisions; or: kip traffic {service} @latest=100"),
            "RevisionNameTaken" or "NameConflict" =>
                ("spec.template.metadata.name is the name of a Revision that was made from another template", "give the template another name, or none"),
            "NotOwned" => ("an object of that name is there already and belongs to somebody else", "delete or rename the one or the other"),
            "ErrorConfig" =>
                ("config-domain and config-network make the URL", "correct what the message names: kubectl edit configmap -n knative-serving config-domain"),
            not null when reason.StartsWith("ExitCode", StringComparison.Ordinal) => (
                "a Service's program must go on running and listen on the port in $PORT",
                $"mend what the log tells, then deploy again; all of the log: kip logs {service}"),
            _ => (null, $"see all that is known of it: kip describe {service}"),
        };
    }
}
