using Kip.ApiServer.FieldManagement;
using Kip.Rules.Access;

namespace Kip.ApiServer.Registry;

/// <summary>Who asks for a write, and how it is to be carried out.</summary>
/// <param name="User">The user.</param>
/// <param name="DryRun">Do everything but store: the answer shows what would be stored.</param>
/// <param name="Durable">
/// Complete only when the write is on disk. Kip's own derived writes say false: they are ordered behind what they were derived from, so a
/// crash can lose them only together with nothing that was acknowledged, and they are derived again.
/// </param>
/// <param name="Warn">Told what whoever writes should know although it was stored. Null: nobody listens.</param>
public sealed record RequestContext(UserInfo User, bool DryRun = false, bool Durable = true, Action<IEnumerable<string>>? Warn = null)
{
    /// <summary>A part of the platform itself, which may do everything.</summary>
    public RequestContext(string part, bool DryRun = false, bool Durable = true) : this(UserInfo.OfPlatform(part), DryRun, Durable)
    {
    }

    /// <summary>Kip's own loops: not waiting for the disk.</summary>
    public static readonly RequestContext System = new("system:kip", Durable: false);

    /// <summary>The uid of an object that is to be created, where somebody was shown it already. Null: a new one.</summary>
    public string? Uid { get; init; }

    /// <summary>Whom managed fields are to name as the owner of what is written. Null: one of Kip's own loops.</summary>
    public FieldWriter? Writer { get; init; }
}
