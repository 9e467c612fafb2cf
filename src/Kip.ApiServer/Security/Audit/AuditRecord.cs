using Kip.Rules.Access;

namespace Kip.ApiServer.Security.Audit;

/// <summary>What is noted of one request while it is answered.</summary>
internal sealed class AuditRecord(string id, DateTimeOffset received)
{
    public string Id => id;

    public DateTimeOffset Received => received;

    /// <summary>Who sent the request; null: nobody who is known.</summary>
    public UserInfo? Sender { get; set; }

    /// <summary>As whom it is carried out, when that is somebody else.</summary>
    public UserInfo? Impersonated { get; set; }

    /// <summary>What was asked; null: it was refused before that was looked at.</summary>
    public AccessRequest? Asked { get; set; }

    public AccessDecision? Decision { get; set; }
}
