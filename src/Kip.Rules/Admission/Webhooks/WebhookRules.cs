using System.Text.RegularExpressions;
using Kip.Resources;
using Kip.Resources.AdmissionRegistration;
using Kip.Resources.Selectors;

namespace Kip.Rules.Admission.Webhooks;

/// <summary>What a webhook's registration means where it says nothing, and what it may say: Kubernetes' rules.</summary>
public static partial class WebhookRules
{
    private const int DefaultTimeoutSeconds = 10;
    private const int DefaultPort = 443;
    private const int MaxConditions = 64;

    private static readonly string[] Operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];

    /// <summary>The webhook with Kubernetes' defaults.</summary>
    public static Webhook Default(Webhook webhook, bool mutating) => webhook with
    {
        FailurePolicy = webhook.FailurePolicy ?? "Fail",
        MatchPolicy = webhook.MatchPolicy ?? "Equivalent",
        NamespaceSelector = webhook.NamespaceSelector ?? new(),
        ObjectSelector = webhook.ObjectSelector ?? new(),
        TimeoutSeconds = webhook.TimeoutSeconds ?? DefaultTimeoutSeconds,
        ReinvocationPolicy = webhook.ReinvocationPolicy ?? (mutating ? "Never" : null),
        Rules = webhook.Rules.Select(static rule => rule with { Scope = rule.Scope ?? "*" }).ToValueList(),
        ClientConfig = webhook.ClientConfig with
        {
            Service = webhook.ClientConfig.Service is { Port: null } service ? service with { Port = DefaultPort } : webhook.ClientConfig.Service,
        },
    };

    public static void Validate(ValueList<Webhook> webhooks, FieldErrors errors)
    {
        for (var i = 0; i < webhooks.Count; i++)
        {
            using var scope = errors.In("webhooks", i);
            Validate(webhooks[i], errors);
            if (webhooks.Take(i).Any(earlier => earlier.Name == webhooks[i].Name)) errors.Say($"Duplicate value: \"{webhooks[i].Name}\"", "name");
        }
    }

    private static void Validate(Webhook webhook, FieldErrors errors)
    {
        if (!QualifiedName().IsMatch(webhook.Name))
            errors.InvalidValue(webhook.Name, "name", "should be a domain with at least three segments separated by dots");
        OneOf(webhook.FailurePolicy, "failurePolicy", "Fail", "Ignore");
        OneOf(webhook.MatchPolicy, "matchPolicy", "Equivalent", "Exact");
        OneOf(webhook.ReinvocationPolicy ?? "Never", "reinvocationPolicy", "IfNeeded", "Never");
        if (webhook.SideEffects is null) errors.RequiredValue("sideEffects", "must specify one of None, NoneOnDryRun");
        else OneOf(webhook.SideEffects, "sideEffects", "None", "NoneOnDryRun");
        if (webhook.TimeoutSeconds is < 1 or > 30)
            errors.InvalidValue(webhook.TimeoutSeconds, "timeoutSeconds", "the timeout value must be between 1 and 30 seconds");
        if (!webhook.AdmissionReviewVersions.Contains("v1"))
            errors.InvalidValue(string.Join(", ", webhook.AdmissionReviewVersions), "admissionReviewVersions", "must include v1, the version that kip sends");
        ValidateConditions(webhook.MatchConditions, errors);
        Selector(webhook.NamespaceSelector, "namespaceSelector");
        Selector(webhook.ObjectSelector, "objectSelector");
        for (var i = 0; i < webhook.Rules.Count; i++)
        {
            using var scope = errors.In("rules", i);
            ValidateRule(webhook.Rules[i], errors);
        }
        using var client = errors.In("clientConfig");
        ValidateClient(webhook.ClientConfig, errors);

        void OneOf(string? value, string field, params ReadOnlySpan<string> known)
        {
            if (!known.Contains(value)) errors.UnsupportedValue(value ?? "", field, known);
        }

        void Selector(LabelSelector? selector, string field)
        {
            try
            {
                _ = LabelQuery.From(selector ?? new());
            }
            catch (FormatException malformed)
            {
                errors.Say($"Invalid value: {malformed.Message}", field);
            }
        }
    }

    private static void ValidateConditions(ValueList<MatchCondition> conditions, FieldErrors errors)
    {
        if (conditions.Count > MaxConditions) errors.Say($"Too many: {conditions.Count}: must have at most {MaxConditions} items", "matchConditions");
        for (var i = 0; i < conditions.Count; i++)
        {
            using var scope = errors.In("matchConditions", i);
            var (name, expression) = (conditions[i].Name, conditions[i].Expression);
            if (name.Length == 0) errors.RequiredValue("name");
            else if (!ConditionName().IsMatch(name))
                errors.InvalidValue(
                    name, "name",
                    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character");
            else if (conditions.Take(i).Any(earlier => earlier.Name == name)) errors.Say($"Duplicate value: \"{name}\"", "name");
            if (expression.Trim().Length == 0) errors.RequiredValue("expression");
            else if (MatchConditions.ProblemOf(expression) is { } problem) errors.InvalidValue(expression, "expression", problem);
        }
    }

    private static void ValidateRule(RuleWithOperations rule, FieldErrors errors)
    {
        Some(rule.Operations, "operations");
        Some(rule.ApiGroups, "apiGroups");
        Some(rule.ApiVersions, "apiVersions");
        Some(rule.Resources, "resources");
        foreach (var operation in rule.Operations.Except(Operations)) errors.UnsupportedValue(operation, "operations", Operations);
        if (rule.Scope is not (null or "*" or "Cluster" or "Namespaced")) errors.UnsupportedValue(rule.Scope, "scope", "*", "Cluster", "Namespaced");

        void Some(ValueList<string> values, string field)
        {
            if (values.IsEmpty) errors.RequiredValue(field);
            else if (values.Contains("*") && values.Count > 1 && field != "resources")
                errors.InvalidValue(string.Join(", ", values), field, "if '*' is present, must not specify other values");
        }
    }

    private static void ValidateClient(WebhookClientConfig client, FieldErrors errors)
    {
        if (client.Url is null == client.Service is null) errors.RequiredValue("", "exactly one of url or service is required");
        if (client.Url is { } url && (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme != Uri.UriSchemeHttps
            || parsed.UserInfo.Length > 0 || parsed.Query.Length > 0 || parsed.Fragment.Length > 0))
            errors.InvalidValue(url, "url", "must be an https URL without user, query and fragment");
        if (client.CaBundle is { Length: > 0 } bundle && !System.Buffers.Text.Base64.IsValid(bundle))
            errors.Say("Invalid value: must be certificates as PEM in base64", "caBundle");
        if (client.Service is not { } service) return;
        if (service.Name.Length == 0) errors.RequiredValue("service.name", "service name is required");
        if (service.Namespace.Length == 0) errors.RequiredValue("service.namespace", "service namespace is required");
        if (service.Port is < 1 or > 65535) errors.InvalidValue(service.Port, "service.port", "port is not valid: must be between 1 and 65535, inclusive");
        if (service.Path is { Length: > 0 } path && !path.StartsWith('/')) errors.InvalidValue(path, "service.path", "must start with a '/'");
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?){2,}\z", RegexOptions.CultureInvariant)]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ConditionName();
}
