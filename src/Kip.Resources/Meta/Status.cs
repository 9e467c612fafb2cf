using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>The answer of the API that is not an object: how a call ended, and why (metav1.Status).</summary>
public sealed record Status
{
    public string Kind { get; init; } = "Status";
    public string ApiVersion { get; init; } = "v1";
    public ListMeta Metadata { get; init => field = value ?? new(); } = new();
    /// <summary><c>Success</c> or <c>Failure</c>; <c>status</c> on the wire.</summary>
    [JsonPropertyName("status")]
    public string? State { get; init; }
    public string? Message { get; init; }
    public string? Reason { get; init; }
    public StatusDetails? Details { get; init; }
    public int Code { get; init; }
}

public sealed record StatusDetails
{
    public string? Name { get; init; }
    public string? Group { get; init; }
    public string? Kind { get; init; }
    public string? Uid { get; init; }
    public ValueList<StatusCause> Causes { get; init; }
    public int RetryAfterSeconds { get; init; }
}

/// <summary>One of several reasons for a failure, with the field that it concerns.</summary>
public sealed record StatusCause
{
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public string? Field { get; init; }
}

public sealed record ListMeta
{
    public string? ResourceVersion { get; init; }
    public string? Continue { get; init; }
    public long? RemainingItemCount { get; init; }
}

/// <summary>The reasons a <see cref="Status"/> may give, as Kubernetes names them.</summary>
public static class StatusReason
{
    public const string BadRequest = "BadRequest";
    public const string Unauthorized = "Unauthorized";
    public const string Forbidden = "Forbidden";
    public const string NotFound = "NotFound";
    public const string AlreadyExists = "AlreadyExists";
    public const string Conflict = "Conflict";
    public const string Gone = "Gone";
    public const string Invalid = "Invalid";
    public const string Expired = "Expired";
    public const string MethodNotAllowed = "MethodNotAllowed";
    public const string NotAcceptable = "NotAcceptable";
    public const string UnsupportedMediaType = "UnsupportedMediaType";
    public const string RequestEntityTooLarge = "RequestEntityTooLarge";
    public const string TooManyRequests = "TooManyRequests";
    public const string Timeout = "Timeout";
    public const string InternalError = "InternalError";
    public const string ServiceUnavailable = "ServiceUnavailable";
}
