using Kip.Resources;

namespace Kip.ApiServer.Storage;

/// <summary>Which object: its kind, namespace and name.</summary>
public readonly record struct ObjectId(KindDefinition Kind, NamespacedName Name)
{
    public static ObjectId Of(Resource resource) => new(resource.GetDefinition(), resource.Key);

    public override string ToString() => $"{Kind} {Name}";
}
