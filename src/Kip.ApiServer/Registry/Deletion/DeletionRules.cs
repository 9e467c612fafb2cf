using Kip.ApiServer.Registry.Loops;
using Kip.ApiServer.Registry.Metadata;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.ApiServer.Registry.Deletion;

/// <summary>What a deletion does to an object: remove it, or mark it and wait.</summary>
internal static class DeletionRules
{
    private const long DefaultGraceSeconds = 30;

    /// <summary>The object as it is to be stored, marked for deletion; the same instance when nothing changes; null when it is to go at once.</summary>
    /// <exception cref="ApiException">The options contradict each other (422).</exception>
    public static Resource? Decide(Resource present, DeleteOptions options, DateTimeOffset now)
    {
        var meta = present.Metadata;
        var finalizers = FinalizersFor(PolicyOf(options), meta.Finalizers);
        var grace = GraceOf(present, options);
        var marked = WithMetadata(present, meta with
        {
            Finalizers = finalizers,
            DeletionTimestamp = meta.DeletionTimestamp is { } planned
                ? planned.AddSeconds(grace - (meta.DeletionGracePeriodSeconds ?? 0))
                : now.WholeSeconds().AddSeconds(grace),
            DeletionGracePeriodSeconds = grace,
        });
        if (marked is Namespace space) marked = space with { Status = space.Status with { Phase = NamespacePhase.Terminating } };
        if (IsThrough(marked)) return null;
        return marked == present ? present : marked;
    }

    /// <summary>Whether nothing holds a marked object any longer.</summary>
    public static bool IsThrough(Resource resource) =>
        resource.Metadata is { DeletionTimestamp: not null, Finalizers.IsEmpty: true, DeletionGracePeriodSeconds: null or 0 }
        && resource is not Namespace { Spec.Finalizers.IsEmpty: false };

    /// <summary>What is to happen to dependents; null when the options leave it to the object's finalizers, and then to the background.</summary>
    /// <exception cref="ApiException">The options contradict each other (422).</exception>
    public static string? PolicyOf(DeleteOptions options)
    {
        if (options is { PropagationPolicy: not null, OrphanDependents: not null })
            throw Invalid("propagationPolicy", $"Invalid value: \"{options.PropagationPolicy}\": orphanDependents and deletionPropagation cannot be both set");
        return options.PropagationPolicy switch
        {
            null or "" => options.OrphanDependents switch { true => PropagationPolicy.Orphan, false => PropagationPolicy.Background, null => null },
            PropagationPolicy.Background or PropagationPolicy.Foreground or PropagationPolicy.Orphan => options.PropagationPolicy,
            var other => throw Invalid("propagationPolicy", $"Unsupported value: \"{other}\": supported values: \"Background\", \"Foreground\", \"Orphan\""),
        };
    }

    private static ValueList<string> FinalizersFor(string? policy, ValueList<string> present)
    {
        if (policy is null) return present;
        var wanted = policy switch
        {
            PropagationPolicy.Foreground => Finalizers.Foreground,
            PropagationPolicy.Orphan => Finalizers.Orphan,
            _ => null,
        };
        var kept = present.Where(f => f is not (Finalizers.Foreground or Finalizers.Orphan) || f == wanted).ToValueList();
        return wanted is null || kept.Contains(wanted) ? kept : [.. kept, wanted];
    }

    // Only a pod that may be running needs time to end: the runtime reports its end by deleting it with no grace.
    private static long GraceOf(Resource present, DeleteOptions options)
    {
        if (present is not Pod { Spec.NodeName: { Length: > 0 }, Status.Phase: not ("Succeeded" or "Failed") } pod) return 0;
        var asked = options.GracePeriodSeconds is { } seconds ? (seconds < 0 ? 1 : seconds) : (long?)null;
        // A deletion under way can only be shortened.
        if (pod.Metadata.DeletionTimestamp is not null)
            return Math.Min(asked ?? long.MaxValue, pod.Metadata.DeletionGracePeriodSeconds ?? 0);
        return asked ?? pod.Spec.TerminationGracePeriodSeconds ?? DefaultGraceSeconds;
    }

    private static Resource WithMetadata(Resource resource, ObjectMeta meta) => meta == resource.Metadata ? resource : resource with { Metadata = meta };

    private static ApiException Invalid(string field, string message) => new(new Status
    {
        State = "Failure", Code = 422, Reason = StatusReason.Invalid, Message = $"DeleteOptions.meta.k8s.io \"\" is invalid: {field}: {message}",
        Details = new StatusDetails
        {
            Group = "meta.k8s.io", Kind = "DeleteOptions",
            Causes = [new StatusCause { Field = field, Reason = "FieldValueInvalid", Message = message }],
        },
    });
}
