using Kip.Resources;

namespace Kip.Controllers.Eventing;

/// <summary>Who wants to know when an object of any kind changes.</summary>
internal sealed class ObjectTracker : ReferenceTracker<(KindDefinition Kind, NamespacedName Name)>
{
    /// <summary>Those who refer to an object.</summary>
    public IReadOnlyList<NamespacedName> Of(Resource resource) => Of((resource.GetDefinition(), resource.Key));
}
