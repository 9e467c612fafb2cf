using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Rules.Admission.Serving;

/// <summary>Who made an object, and who changed its spec last.</summary>
internal static class UserInfo
{
    public static ObjectMeta Stamp(ObjectMeta metadata, ObjectMeta? old, bool specChanged, string user)
    {
        var annotations = metadata.Annotations;
        if (old is null)
        {
            annotations = annotations.With(ServingAnnotations.Creator, user).With(ServingAnnotations.LastModifier, user);
        }
        else
        {
            // kubectl replace and generated clients leave out what they did not write; the stored names then stay.
            if (!annotations.ContainsKey(ServingAnnotations.Creator) && old.Annotations.Get(ServingAnnotations.Creator) is { } creator)
                annotations = annotations.With(ServingAnnotations.Creator, creator);
            if (specChanged) annotations = annotations.With(ServingAnnotations.LastModifier, user);
            else if (!annotations.ContainsKey(ServingAnnotations.LastModifier)
                && old.Annotations.Get(ServingAnnotations.LastModifier) is { } modifier)
                annotations = annotations.With(ServingAnnotations.LastModifier, modifier);
        }
        return annotations == metadata.Annotations ? metadata : metadata with { Annotations = annotations };
    }
}
