using Kip.Rules.Conditions;

namespace Kip.Rules.Eventing;

/// <summary>The condition <c>EventPoliciesReady</c> of everything that takes events.</summary>
internal static class EventPolicies
{
    public const string Ready = "EventPoliciesReady";

    /// <summary>True: without identities there is nobody whom a policy could let in or keep out.</summary>
    public static LivingConditions Mark(LivingConditions conditions) =>
        conditions.MarkTrue(Ready, "OIDCDisabled", "Feature \"authentication-oidc\" must be enabled to support Authorization");
}
