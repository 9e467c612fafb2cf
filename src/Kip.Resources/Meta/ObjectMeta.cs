using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>What every object carries: its identity, versions, labels and owners.</summary>
public sealed record ObjectMeta
{
    public static readonly ObjectMeta Empty = new();

    public string Name { get; init => field = value ?? ""; } = "";

    public string? GenerateName
    {
        get => _seldom?.GenerateName;
        init => _seldom = Seldom.Of(value, DeletionTimestamp, DeletionGracePeriodSeconds, SelfLink);
    }

    public string Namespace { get; init => field = SharedText.Of(value ?? ""); } = "";
    public string? Uid { get; init; }
    public string? ResourceVersion { get; init; }
    public long Generation { get; init; }
    public DateTimeOffset? CreationTimestamp { get; init; }

    public DateTimeOffset? DeletionTimestamp
    {
        get => _seldom?.DeletionTimestamp;
        init => _seldom = Seldom.Of(GenerateName, value, DeletionGracePeriodSeconds, SelfLink);
    }

    public long? DeletionGracePeriodSeconds
    {
        get => _seldom?.DeletionGracePeriodSeconds;
        init => _seldom = Seldom.Of(GenerateName, DeletionTimestamp, value, SelfLink);
    }

    public StringMap Labels { get; init; }
    public StringMap Annotations { get; init; }
    public ValueList<OwnerReference> OwnerReferences { get; init; }
    public ValueList<string> Finalizers { get; init; }

    /// <summary>Which client set which field; the server keeps it.</summary>
    [JsonConverter(typeof(ManagedFieldsConverter))]
    public ValueList<ManagedFieldsEntry> ManagedFields { get; init; }

    public string? SelfLink
    {
        get => _seldom?.SelfLink;
        init => _seldom = Seldom.Of(GenerateName, DeletionTimestamp, DeletionGracePeriodSeconds, value);
    }

    // A sleeping service has some ten objects, and hardly one says any of this: a quarter of what they would take.
    private readonly Seldom? _seldom;

    private sealed record Seldom(string? GenerateName, DateTimeOffset? DeletionTimestamp, long? DeletionGracePeriodSeconds, string? SelfLink)
    {
        public static Seldom? Of(string? generateName, DateTimeOffset? deleted, long? grace, string? selfLink) =>
            generateName is null && deleted is null && grace is null && selfLink is null ? null : new(generateName, deleted, grace, selfLink);
    }
}

/// <summary>An object that owns another: when it goes, what it owns goes too.</summary>
public sealed record OwnerReference
{
    public required string ApiVersion { get; init; }
    public required string Kind { get; init; }
    public required string Name { get; init; }
    public required string Uid { get; init; }
    public bool? Controller { get; init; }
    public bool? BlockOwnerDeletion { get; init; }
}
