using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>Anything declared or decided: a Kubernetes-shaped object. Immutable; change it with <c>with</c>.</summary>
/// <remarks>Two resources are equal when all their fields are. Parts may be shared between objects, so nothing is ever changed in place.</remarks>
public abstract record Resource
{
    /// <summary>Group and version as written in a manifest, e.g. <c>serving.knative.dev/v1</c>.</summary>
    [JsonPropertyOrder(-10)]
    public string ApiVersion => GetDefinition().ApiVersion;

    /// <summary>The kind as written in a manifest, e.g. <c>Revision</c>.</summary>
    [JsonPropertyOrder(-9)]
    public string Kind => GetDefinition().Kind;

    [JsonPropertyOrder(-8)]
    public ObjectMeta Metadata { get; init => field = value ?? ObjectMeta.Empty; } = ObjectMeta.Empty;

    /// <summary>The kind this object is of: its names, scope and serialiser.</summary>
    public abstract KindDefinition GetDefinition();

    /// <summary>Namespace and name.</summary>
    [JsonIgnore]
    public NamespacedName Key => new(Metadata.Namespace, Metadata.Name);
}

/// <summary>A resource with a desired and an observed half.</summary>
public abstract record Resource<TSpec, TStatus> : Resource, IHasStatus
    where TSpec : class, new()
    where TStatus : class, new()
{
    [JsonPropertyOrder(1)]
    public TSpec Spec { get; init => field = value ?? new(); } = new();

    [JsonPropertyOrder(2)]
    public TStatus Status { get; init => field = value ?? new(); } = new();

    bool IHasStatus.SpecEquals(Resource other) => EqualityComparer<TSpec>.Default.Equals(Spec, ((Resource<TSpec, TStatus>)other).Spec);

    bool IHasStatus.StatusEquals(Resource other) => EqualityComparer<TStatus>.Default.Equals(Status, ((Resource<TSpec, TStatus>)other).Status);

    Resource IHasStatus.WithStatusOf(Resource other) => this with { Status = ((Resource<TSpec, TStatus>)other).Status };
}

/// <summary>What the API server needs of a resource with a spec and a status, without knowing their types.</summary>
public interface IHasStatus
{
    /// <summary>Whether the specs are the same: then <c>metadata.generation</c> stays.</summary>
    bool SpecEquals(Resource other);

    /// <summary>Whether the statuses are the same: then nothing need be written.</summary>
    bool StatusEquals(Resource other);

    /// <summary>This object with the other's status: what a write to the status subresource stores.</summary>
    Resource WithStatusOf(Resource other);
}

/// <summary>A resource type that knows its kind without an instance.</summary>
public interface IResource
{
    static abstract KindDefinition Definition { get; }
}
