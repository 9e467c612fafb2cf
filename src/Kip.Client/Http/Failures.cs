using System.Security.Authentication;
using System.Text.Json;
using Kip.Resources;

namespace Kip.Client.Http;

/// <summary>Turns whatever went wrong on the way to the API server into an <see cref="ApiException"/> that says so.</summary>
internal static class Failures
{
    /// <summary>An answer that is not a success: the server's own status if it gave one.</summary>
    public static ApiException Of(int code, ReadOnlySpan<byte> body, string server)
    {
        if (TryReadStatus(body) is { } status)
        {
            if (status.Code == 0) status = status with { Code = code };
            if (code == 401) status = status with { Message = $"{status.Message}: {server} does not accept the credentials" };
            return new ApiException(status);
        }
        var text = System.Text.Encoding.UTF8.GetString(body[..Math.Min(body.Length, 512)]).Trim();
        return ApiException.Of(code, ReasonOf(code), $"{server} answered {code}{(text.Length == 0 ? "" : $": {text}")}");
    }

    /// <summary>A call that got no answer.</summary>
    public static ApiException Of(Exception e, string server) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } or { InnerException: AuthenticationException } =>
            ApiException.Of(503, StatusReason.ServiceUnavailable,
                $"{server} could not be trusted: {(e.InnerException ?? e).Message} Is the kubeconfig for this server, and of this installation?"),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            ApiException.Of(413, StatusReason.RequestEntityTooLarge, $"{server} sent more than is read: {e.Message}"),
        OperationCanceledException => ApiException.Of(504, StatusReason.Timeout, $"{server} did not answer in time"),
        _ => ApiException.Of(503, StatusReason.ServiceUnavailable, $"{server} cannot be reached: {e.Message}. Is it running?"),
    };

    /// <summary>The status in an answer's body, or in a watch's error; null when it is something else.</summary>
    public static Status? TryReadStatus(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, WireJson.Of<Status>()) is { Kind: "Status", State: not null } status ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string ReasonOf(int code) => code switch
    {
        400 => StatusReason.BadRequest,
        401 => StatusReason.Unauthorized,
        403 => StatusReason.Forbidden,
        404 => StatusReason.NotFound,
        405 => StatusReason.MethodNotAllowed,
        409 => StatusReason.Conflict,
        410 => StatusReason.Gone,
        413 => StatusReason.RequestEntityTooLarge,
        415 => StatusReason.UnsupportedMediaType,
        422 => StatusReason.Invalid,
        429 => StatusReason.TooManyRequests,
        503 => StatusReason.ServiceUnavailable,
        504 => StatusReason.Timeout,
        _ => StatusReason.InternalError,
    };
}
