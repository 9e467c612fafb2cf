using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;
using Kip.Rules.Admission;

namespace Kip.ApiServer.Registry;

using Names = System.Collections.Immutable.ImmutableSortedDictionary<string, Resource>;

/// <summary>Lets writes through defaulting and validation, and words a refusal as the server that would have refused it.</summary>
internal sealed class AdmissionGate(Store store)
{
    private Known? _known;

    /// <summary>The configuration in force: the ConfigMaps of the system namespace.</summary>
    public PlatformConfig Config
    {
        get
        {
            // Tables are immutable: while those of the two namespaces are the same ones, so is the configuration.
            var (table, _) = store.Read(ConfigMap.Definition);
            var (serving, eventing) = (table.Space(PlatformConfig.SystemNamespace), table.Space(EventingNames.SystemNamespace));
            if (_known is { } known && ReferenceEquals(known.Serving, serving) && ReferenceEquals(known.Eventing, eventing)) return known.Config;
            var fresh = new Known(serving, eventing, new PlatformConfig(MapsIn(serving)) { EventingMaps = MapsIn(eventing) });
            _known = fresh;
            return fresh.Config;

            static Dictionary<string, StringMap> MapsIn(Names maps) =>
                maps.Values.Cast<ConfigMap>().ToDictionary(static m => m.Metadata.Name, static m => m.Data);
        }
    }

    /// <exception cref="ApiException">Something is wrong with it: Invalid (422), or for Knative's kinds its webhook's BadRequest (400).</exception>
    public static void Refuse(AdmissionRequest request, IEnumerable<FieldError> serverErrors)
    {
        var (kind, name) = (request.Object.GetDefinition(), request.Object.Metadata.Name);
        var errors = serverErrors.ToArray();
        if (errors.Length > 0) throw ApiException.Invalid(kind, name, errors.Select(Cause));
        var found = AdmissionRules.Validate(request);
        if (found.Count == 0) return;
        if (WebhookFor(request.Object) is not { } webhook) throw ApiException.Invalid(kind, name, found.Select(Cause));
        throw ApiException.BadRequest($"admission webhook \"{webhook}\" denied the request: validation failed: " + Joined(found));
    }

    // Knative's own way to put several errors in one: those with the same words share a line, all in order, and details have a line below.
    internal static string Joined(IEnumerable<FieldError> errors) => string.Join('\n', errors
        .GroupBy(static e => (e.Message, e.Details))
        .OrderBy(static g => g.Key.Message, StringComparer.Ordinal).ThenBy(static g => g.Key.Details, StringComparer.Ordinal)
        .Select(static g => g.Key.Message + Fields(g) + (g.Key.Details is null ? "" : "\n" + g.Key.Details)));

    private static string Fields(IEnumerable<FieldError> errors)
    {
        var fields = errors.SelectMany(static e => e.Fields).Where(static f => f.Length > 0).Distinct().Order(StringComparer.Ordinal);
        return string.Join(", ", fields) is { Length: > 0 } all ? ": " + all : "";
    }

    // Knative's kinds and its settings are looked at by webhooks of its own, whose words differ from the API server's.
    private static string? WebhookFor(Resource resource) => (resource.GetDefinition().Group, resource) switch
    {
        (_, InMemoryChannel) => "validation.inmemorychannel.eventing.knative.dev",
        ("eventing.knative.dev" or "messaging.knative.dev" or "flows.knative.dev", _) => "validation.webhook.eventing.knative.dev",
        var (group, _) when group.EndsWith(".knative.dev", StringComparison.Ordinal) => "validation.webhook.serving.knative.dev",
        (_, ConfigMap { Metadata.Namespace: PlatformConfig.SystemNamespace }) => "config.webhook.serving.knative.dev",
        (_, ConfigMap { Metadata.Namespace: EventingNames.SystemNamespace }) => "config.webhook.eventing.knative.dev",
        _ => null,
    };

    private static StatusCause Cause(FieldError error) => new() { Field = error.Field, Reason = error.Reason, Message = error.Sentence };

    private sealed record Known(Names Serving, Names Eventing, PlatformConfig Config);
}
