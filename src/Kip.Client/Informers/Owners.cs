using Kip.Resources;

namespace Kip.Client.Informers;

/// <summary>Reads who controls an object.</summary>
public static class Owners
{
    /// <summary>The owner marked as the controller, or null.</summary>
    public static OwnerReference? ControllerOwner(this Resource resource)
    {
        foreach (var owner in resource.Metadata.OwnerReferences)
            if (owner.Controller == true) return owner;
        return null;
    }

    /// <summary>The key of the controller owner when it is of this kind, or null.</summary>
    public static NamespacedName? ControllerOwner(this Resource resource, KindDefinition kind)
    {
        if (resource.ControllerOwner() is not { } owner || owner.Kind != kind.Kind) return null;
        // The version may differ: an owner written as v1beta1 is the same object.
        var slash = owner.ApiVersion.IndexOf('/');
        var group = slash < 0 ? "" : owner.ApiVersion.AsSpan(0, slash);
        if (!group.SequenceEqual(kind.Group)) return null;
        return new NamespacedName(kind.Namespaced ? resource.Metadata.Namespace : "", owner.Name);
    }
}
