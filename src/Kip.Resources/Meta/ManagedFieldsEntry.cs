using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>Which fields of an object one client set last, by one way of writing.</summary>
public sealed record ManagedFieldsEntry
{
    /// <summary>The client, as it calls itself.</summary>
    [JsonConverter(typeof(SharedTextConverter))]
    public string? Manager { get; init; }

    /// <value><c>Apply</c> for server-side apply, <c>Update</c> for every other write.</value>
    [JsonConverter(typeof(SharedTextConverter))]
    public string? Operation { get; init; }

    /// <summary>The version of the kind in which the fields are named.</summary>
    [JsonConverter(typeof(SharedTextConverter))]
    public string? ApiVersion { get; init; }

    /// <summary>When the client last changed a field, or the set of fields it owns.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <value>Always <c>FieldsV1</c>.</value>
    [JsonConverter(typeof(SharedTextConverter))]
    public string? FieldsType { get; init; }

    public FieldsV1? FieldsV1 { get; init; }

    /// <summary>The subresource that was written; null for the object itself.</summary>
    [JsonConverter(typeof(SharedTextConverter))]
    public string? Subresource { get; init; }

    /// <summary>Whether nothing is said: a list of one such entry asks the server to forget who owns what.</summary>
    [JsonIgnore]
    public bool IsBlank => this is { Manager: null, Operation: null, ApiVersion: null, Time: null, FieldsType: null, FieldsV1: null, Subresource: null };
}
