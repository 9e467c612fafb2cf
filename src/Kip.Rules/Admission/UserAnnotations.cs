using Kip.Resources;

namespace Kip.Rules.Admission;

/// <summary>Who made an object, and who changed its spec last.</summary>
internal static class UserAnnotations
{
    /// <summary>The metadata with the annotations <c>creator</c> and <c>lastModifier</c> of a group.</summary>
    public static ObjectMeta Stamp(
        ObjectMeta metadata, ObjectMeta? old, bool specChanged, string user, string group = "serving.knative.dev")
    {
        var (creatorKey, modifierKey) = ($"{group}/creator", $"{group}/lastModifier");
        var annotations = metadata.Annotations;
        if (old is null)
        {
            annotations = annotations.With(creatorKey, user).With(modifierKey, user);
        }
        else
        {
            // kubectl replace and generated clients leave out what they did not write; the stored names then stay.
            if (!annotations.ContainsKey(creatorKey) && old.Annotations.Get(creatorKey) is { } creator)
                annotations = annotations.With(creatorKey, creator);
            if (specChanged) annotations = annotations.With(modifierKey, user);
            else if (!annotations.ContainsKey(modifierKey) && old.Annotations.Get(modifierKey) is { } modifier)
                annotations = annotations.With(modifierKey, modifier);
        }
        return annotations == metadata.Annotations ? metadata : metadata with { Annotations = annotations };
    }
}
