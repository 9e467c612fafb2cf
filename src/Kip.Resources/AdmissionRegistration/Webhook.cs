namespace Kip.Resources.AdmissionRegistration;

/// <summary>Somebody who is asked about writes: about which, where, and what happens when there is no answer.</summary>
public sealed record Webhook
{
    public string Name { get; init => field = value ?? ""; } = "";
    public WebhookClientConfig ClientConfig { get; init => field = value ?? new(); } = new();
    public ValueList<RuleWithOperations> Rules { get; init; }

    /// <summary><c>Fail</c> or <c>Ignore</c>.</summary>
    public string? FailurePolicy { get; init; }

    /// <summary><c>Equivalent</c> or <c>Exact</c>.</summary>
    public string? MatchPolicy { get; init; }
    public LabelSelector? NamespaceSelector { get; init; }
    public LabelSelector? ObjectSelector { get; init; }

    /// <summary><c>None</c> or <c>NoneOnDryRun</c>.</summary>
    public string? SideEffects { get; init; }
    public int? TimeoutSeconds { get; init; }
    public ValueList<string> AdmissionReviewVersions { get; init; }

    /// <summary>Of mutating webhooks: <c>Never</c> or <c>IfNeeded</c>.</summary>
    public string? ReinvocationPolicy { get; init; }

    /// <summary>It is called only where all of these hold.</summary>
    public ValueList<MatchCondition> MatchConditions { get; init; }
}

/// <summary>A condition on writes, in CEL over <c>object</c>, <c>oldObject</c> and <c>request</c>.</summary>
public sealed record MatchCondition
{
    public string Name { get; init => field = value ?? ""; } = "";
    public string Expression { get; init => field = value ?? ""; } = "";
}

/// <summary>Which writes: of these resources, by these operations.</summary>
public sealed record RuleWithOperations
{
    public ValueList<string> ApiGroups { get; init; }
    public ValueList<string> ApiVersions { get; init; }
    public ValueList<string> Operations { get; init; }
    public ValueList<string> Resources { get; init; }

    /// <summary><c>Namespaced</c>, <c>Cluster</c> or <c>*</c>.</summary>
    public string? Scope { get; init; }
}

/// <summary>Where a webhook is: at a URL or behind a Service.</summary>
public sealed record WebhookClientConfig
{
    public string? Url { get; init; }
    public WebhookServiceReference? Service { get; init; }

    /// <summary>The certificates to trust, as PEM in base64.</summary>
    public string? CaBundle { get; init; }
}

public sealed record WebhookServiceReference
{
    public string Namespace { get; init => field = value ?? ""; } = "";
    public string Name { get; init => field = value ?? ""; } = "";
    public string? Path { get; init; }
    public int? Port { get; init; }
}
