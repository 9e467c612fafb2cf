using Kip.ApiServer.Storage;
using Kip.Resources;

namespace Kip.ApiServer.Registry.Loops;

/// <summary>One of the server's own chores: which objects give it work, and the work on one of them.</summary>
internal interface IStoreLoop
{
    /// <summary>The kinds whose changes it must see; the same list until it is another.</summary>
    IReadOnlyList<KindDefinition> Follows { get; }

    /// <summary>What to look at because of an object that is there when the loop begins.</summary>
    IEnumerable<ObjectId> First(Resource resource);

    /// <summary>What to look at because of a change.</summary>
    IEnumerable<ObjectId> Concerned(Change change);

    /// <summary>Looks at one object as it is now. It may be gone; doing the work again must do no harm.</summary>
    void Process(ObjectId id);
}
