using Kip.Resources.AdmissionRegistration;
using Kip.Rules.Admission.Webhooks;

namespace Kip.ApiServer.Webhooks;

/// <summary>A webhook and its conditions, which are made ready when it is first asked.</summary>
internal sealed class RegisteredWebhook(Webhook webhook)
{
    public Webhook Webhook => webhook;

    public MatchConditions Conditions => field ??= MatchConditions.Of(webhook);
}
