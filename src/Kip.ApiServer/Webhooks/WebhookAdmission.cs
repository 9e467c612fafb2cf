using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.AdmissionRegistration;
using Kip.Resources.Core;
using Kip.Rules.Admission.Webhooks;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.Webhooks;

/// <summary>Asks the webhooks that a write concerns: those that change it one after the other, those that judge it all at once.</summary>
internal sealed partial class WebhookAdmission(Store store, KindCatalog kinds, WebhookClient client, Func<string> newUid, ILogger logger)
{
    public const string Create = "CREATE";
    public const string Update = "UPDATE";
    public const string Delete = "DELETE";

    private readonly RegisteredWebhooks _webhooks = new(store);

    /// <summary>Whether anybody may want to know of a write. Kip's own derived writes ask nobody: what they follow from was asked about.</summary>
    public bool Concerns(KindDefinition kind, string? subresource, RequestContext context) =>
        context.Durable && subresource != "scale" && (_webhooks.Mutating.Length > 0 || _webhooks.Validating.Length > 0)
        // Nobody may lock the door from inside.
        && kind.Group != MutatingWebhookConfiguration.Definition.Group;

    /// <summary>The object as mutating webhooks make it.</summary>
    /// <param name="said">As it would be stored, but for validation; null for a deletion.</param>
    /// <param name="old">Null for a creation.</param>
    /// <exception cref="ApiException">A webhook refuses, or one that must be asked cannot be.</exception>
    public async Task<Resource?> MutateAsync(Resource? said, Resource? old, string? subresource, RequestContext context, CancellationToken cancel)
    {
        if (_webhooks.Mutating.IsEmpty) return said;
        var before = new Dictionary<RegisteredWebhook, Resource?>(ReferenceEqualityComparer.Instance);
        for (var round = 0; round < 2; round++)
            foreach (var webhook in _webhooks.Mutating)
            {
                // Asked again once, if it wants to be, when others have changed what it had seen.
                if (round > 0 && (webhook.Webhook.ReinvocationPolicy != "IfNeeded" || !before.TryGetValue(webhook, out var seen) || seen == said)) continue;
                var review = ReviewOf(said, old, subresource, context);
                if (review.Target.VersionFor(webhook.Webhook) is not { } version) continue;
                if (await AskAsync(webhook, review, version, context, cancel) is { Patch: { } patch }) said = Patched(webhook.Webhook, version, said, patch);
                before[webhook] = said;
            }
        return said;
    }

    /// <summary>Lets validating webhooks judge an object as it is to be stored.</summary>
    /// <exception cref="ApiException">A webhook refuses, or one that must be asked cannot be.</exception>
    public async Task ValidateAsync(Resource? wanted, Resource? old, string? subresource, RequestContext context, CancellationToken cancel)
    {
        if (_webhooks.Validating.IsEmpty) return;
        var review = ReviewOf(wanted, old, subresource, context);
        await Task.WhenAll(
            from webhook in _webhooks.Validating
            let version = review.Target.VersionFor(webhook.Webhook)
            where version is not null
            select AskAsync(webhook, review, version, context, cancel));
    }

    private AdmissionReview ReviewOf(Resource? wanted, Resource? old, string? subresource, RequestContext context)
    {
        var any = (wanted ?? old)!;
        var kind = any.GetDefinition();
        var versions = kinds.Served.Where(served => served.Stored == kind).ToArray();
        var requested = versions.FirstOrDefault(served => served.ApiVersion == context.Writer?.ApiVersion) ?? versions.FirstOrDefault() ?? kind;
        StringMap? spaceLabels = any is Namespace ? any.Metadata.Labels
            : any.Metadata.Namespace.Length == 0 ? null
            : store.Get(new(Namespace.Definition, new("", any.Metadata.Namespace)))?.Metadata.Labels ?? default;
        StringMap[] labels = [.. new[] { wanted, old }.OfType<Resource>().Select(static resource => resource.Metadata.Labels)];
        var operation = wanted is null ? Delete : old is null ? Create : Update;
        return new(new(operation, requested, versions, subresource, spaceLabels, labels), wanted, old, context.User, context.DryRun);
    }

    /// <summary>The answer of one webhook; null when it does not want to be asked, or could not be and need not.</summary>
    private async Task<AdmissionAnswer?> AskAsync(
        RegisteredWebhook registered, AdmissionReview review, KindDefinition version, RequestContext context, CancellationToken cancel)
    {
        var (uid, webhook) = (newUid(), registered.Webhook);
        var question = review.Write(uid, version);
        if (!registered.Conditions.IsEmpty && !Wants(registered, question, version, review)) return null;
        try
        {
            var answer = await client.AskAsync(webhook, uid, question, cancel);
            context.Warn?.Invoke(answer.Warnings);
            return answer.Refusal is { } refusal ? throw Refused(webhook, refusal) : answer;
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or FormatException)
        {
            if (webhook.FailurePolicy == "Ignore")
            {
                LogIgnored(logger, webhook.Name, e.Message);
                return null;
            }
            throw ApiException.Of(500, StatusReason.InternalError,
                $"Internal error occurred: failed calling webhook \"{webhook.Name}\": failed to call webhook: {e.Message}");
        }
    }

    /// <summary>Whether the conditions of a webhook hold.</summary>
    /// <exception cref="ApiException">That cannot be said, and the webhook must be asked (403).</exception>
    private bool Wants(RegisteredWebhook registered, ReadOnlyMemory<byte> question, KindDefinition version, AdmissionReview review)
    {
        using var document = JsonDocument.Parse(question, new() { MaxDepth = WireJson.MaxDepth + 2 });
        var holds = registered.Conditions.Hold(document.RootElement.GetProperty("request"), out var problem);
        if (problem is null) return holds;
        if (registered.Webhook.FailurePolicy != "Ignore")
            throw ApiException.Of(
                403, StatusReason.Forbidden, $"{version.QualifiedPlural} \"{(review.Object ?? review.Old)!.Metadata.Name}\" is forbidden: {problem}");
        LogIgnored(logger, registered.Webhook.Name, problem);
        return false;
    }

    private static Resource? Patched(Webhook webhook, KindDefinition version, Resource? said, JsonNode patch)
    {
        if (said is null) return null;
        try
        {
            var patched = version.ReadToStore(JsonTree.Write(JsonPatch.Apply(JsonTree.Parse(version.Write(said)), patch)));
            // What an object is called and where it lives is not a webhook's to change.
            var (meta, kept) = (patched.Metadata, said.Metadata);
            return patched with
            {
                Metadata = meta with { Name = kept.Name, Namespace = kept.Namespace, Uid = kept.Uid, ResourceVersion = kept.ResourceVersion },
            };
        }
        catch (Exception e) when (e is PatchException or JsonException)
        {
            throw ApiException.Of(500, StatusReason.InternalError,
                $"Internal error occurred: failed calling webhook \"{webhook.Name}\": its patch cannot be applied: {e.Message}");
        }
    }

    private static ApiException Refused(Webhook webhook, (int Code, string Reason, string Message) refusal)
    {
        var because = refusal.Message.Length > 0 ? refusal.Message : refusal.Reason;
        return ApiException.Of(
            refusal.Code, refusal.Reason.Length > 0 ? refusal.Reason : refusal.Code == 403 ? StatusReason.Forbidden : StatusReason.BadRequest,
            $"admission webhook \"{webhook.Name}\" denied the request{(because.Length > 0 ? $": {because}" : " without explanation")}");
    }

    [LoggerMessage(
        EventId = 3301, Level = LogLevel.Warning,
        Message = "Webhook {Webhook} could not be asked, and what it was to judge is let through, as its failurePolicy says: {Why}")]
    private static partial void LogIgnored(ILogger logger, string webhook, string why);
}
