using Kip.Resources;
using Kip.Rules.Access;

namespace Kip.Rules.Admission;

/// <summary>A write on its way in: what is to be stored, what is stored now, and who asks.</summary>
/// <param name="Object">The object as it would be stored.</param>
/// <param name="Old">The stored object; null when it is created.</param>
/// <param name="User">The name of the user who asks, e.g. <c>kubernetes-admin</c>.</param>
/// <param name="Subresource">Null for the object itself, else <c>status</c> or <c>scale</c>.</param>
/// <param name="Config">The configuration in force.</param>
public sealed record AdmissionRequest(Resource Object, Resource? Old, string User, string? Subresource, PlatformConfig Config)
{
    /// <summary>The user with groups and all, for those who write down who asked.</summary>
    public UserInfo Requester { get; init => field = value ?? new UserInfo(User, []); } = new(User, []);
}
