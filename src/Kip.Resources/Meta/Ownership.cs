namespace Kip.Resources;

/// <summary>Who controls whom: at most one owner of an object is its controller.</summary>
public static class Ownership
{
    /// <summary>The reference that makes <paramref name="owner"/> the controller of an object.</summary>
    public static OwnerReference ControllerReference(this Resource owner) => new()
    {
        ApiVersion = owner.ApiVersion,
        Kind = owner.Kind,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid ?? "",
        Controller = true,
        BlockOwnerDeletion = true,
    };

    /// <summary>The object's controller, or null.</summary>
    public static OwnerReference? Controller(this ObjectMeta metadata)
    {
        foreach (var reference in metadata.OwnerReferences)
            if (reference.Controller == true) return reference;
        return null;
    }

    /// <summary>Whether <paramref name="owner"/>, this very object and not one that had its name before, is the controller.</summary>
    public static bool IsControlledBy(this Resource resource, Resource owner) =>
        resource.Metadata.Controller() is { } controller && controller.Uid == owner.Metadata.Uid;
}
