using Kip.Resources;

namespace Kip.Client;

/// <summary>A call to the API that did not succeed, with the status that the server gave.</summary>
public sealed class ApiException(Status status) : Exception(status.Message)
{
    public Status Status { get; } = status;

    public int Code => Status.Code;

    public bool IsNotFound => Status.Reason == StatusReason.NotFound;

    public bool IsConflict => Status.Reason == StatusReason.Conflict;

    public bool IsAlreadyExists => Status.Reason == StatusReason.AlreadyExists;

    public bool IsExpired => Status.Reason is StatusReason.Expired or StatusReason.Gone;

    /// <summary><c>services.serving.knative.dev "x" not found</c></summary>
    public static ApiException NotFound(KindDefinition kind, string name) =>
        new(Failure(404, StatusReason.NotFound, $"{kind.QualifiedPlural} \"{name}\" not found", kind, name));

    /// <summary><c>… "x" already exists</c></summary>
    public static ApiException AlreadyExists(KindDefinition kind, string name) =>
        new(Failure(409, StatusReason.AlreadyExists, $"{kind.QualifiedPlural} \"{name}\" already exists", kind, name));

    /// <summary><c>Operation cannot be fulfilled on … "x": why</c></summary>
    public static ApiException Conflict(KindDefinition kind, string name, string why) =>
        new(Failure(409, StatusReason.Conflict, $"Operation cannot be fulfilled on {kind.QualifiedPlural} \"{name}\": {why}", kind, name));

    public static ApiException BadRequest(string message) => new(Failure(400, StatusReason.BadRequest, message));

    /// <summary>The version asked for has been forgotten: list again.</summary>
    public static ApiException Expired(string message) => new(Failure(410, StatusReason.Expired, message));

    /// <summary><c>Kind "x" is invalid: …</c>, one cause per field.</summary>
    public static ApiException Invalid(KindDefinition kind, string name, IEnumerable<StatusCause> causes)
    {
        var list = causes.ToValueList();
        var parts = list.Select(static c => string.IsNullOrEmpty(c.Field) ? c.Message : $"{c.Field}: {c.Message}").ToArray();
        var detail = parts.Length == 1 ? parts[0] : $"[{string.Join(", ", parts)}]";
        var qualified = kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        var status = Failure(422, StatusReason.Invalid, $"{qualified} \"{name}\" is invalid: {detail}", kind, name);
        return new(status with { Details = status.Details! with { Kind = kind.Kind, Causes = list } });
    }

    /// <summary>Any other failure.</summary>
    public static ApiException Of(int code, string reason, string message) => new(Failure(code, reason, message));

    private static Status Failure(int code, string reason, string message, KindDefinition? kind = null, string? name = null) => new()
    {
        State = "Failure",
        Code = code,
        Reason = reason,
        Message = message,
        Details = kind is null ? null : new StatusDetails { Name = name, Group = kind.Group.Length == 0 ? null : kind.Group, Kind = kind.Plural },
    };
}
