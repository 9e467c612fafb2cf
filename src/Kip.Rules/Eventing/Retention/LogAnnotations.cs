using Kip.Resources;
using Kip.Resources.Eventing;

namespace Kip.Rules.Eventing.Retention;

/// <summary>What is said of an event log by annotations on its Broker, InMemoryChannel, or the Channel before that.</summary>
internal static class LogAnnotations
{
    public static IReadOnlyList<string> Keys { get; } = [EventingAnnotations.Deletion, .. RetentionAnnotations.Keys];

    /// <summary>The object saying exactly what another one says of the log; the very object when it does.</summary>
    public static T SaidBy<T>(Resource other, T of) where T : Resource
    {
        var annotations = of.Metadata.Annotations;
        foreach (var key in Keys)
            annotations = other.Metadata.Annotations.Get(key) is { } said ? annotations.With(key, said) : annotations.Without(key);
        return annotations == of.Metadata.Annotations ? of : of with { Metadata = of.Metadata with { Annotations = annotations } };
    }
}
