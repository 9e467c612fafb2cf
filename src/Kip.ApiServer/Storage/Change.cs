using Kip.Resources;

namespace Kip.ApiServer.Storage;

/// <summary>One change to one object, and the version it made.</summary>
/// <param name="Old">Null: the object was created.</param>
/// <param name="New">Null: the object was removed.</param>
/// <param name="At">When, on the clock's monotonic timestamp.</param>
public readonly record struct Change(long Version, Resource? Old, Resource? New, long At)
{
    public Resource Either => New ?? Old!;
}
