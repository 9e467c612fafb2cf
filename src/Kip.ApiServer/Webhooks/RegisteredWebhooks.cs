using System.Collections.Immutable;
using Kip.ApiServer.Storage;
using Kip.Resources;
using Kip.Resources.AdmissionRegistration;

namespace Kip.ApiServer.Webhooks;

/// <summary>The webhooks that are registered now, in the order in which they are asked: by the names of their configurations.</summary>
internal sealed class RegisteredWebhooks(Store store)
{
    private readonly Live _mutating = new(store.Live(MutatingWebhookConfiguration.Definition));
    private readonly Live _validating = new(store.Live(ValidatingWebhookConfiguration.Definition));

    public ImmutableArray<RegisteredWebhook> Mutating => _mutating.Now;

    public ImmutableArray<RegisteredWebhook> Validating => _validating.Now;

    // Tables are immutable, so the same table means the same webhooks.
    private sealed class Live(Func<KindTable> table)
    {
        private Known _known = new(KindTable.Empty, []);

        public ImmutableArray<RegisteredWebhook> Now
        {
            get
            {
                var (known, now) = (_known, table());
                if (ReferenceEquals(known.Table, now)) return known.Webhooks;
                _known = new(now, [.. now.In(null).Cast<IWebhookConfiguration>().SelectMany(
                    static configuration => configuration.Webhooks.Select(static webhook => new RegisteredWebhook(webhook)))]);
                return _known.Webhooks;
            }
        }
    }

    private sealed record Known(KindTable Table, ImmutableArray<RegisteredWebhook> Webhooks);
}
