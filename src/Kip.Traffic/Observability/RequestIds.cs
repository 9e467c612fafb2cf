using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Observability;

/// <summary>The id under which one request is found in the access log, the client's response and the pod's log: <c>X-Request-Id</c>.</summary>
internal static class RequestIds
{
    public const string Header = "X-Request-Id";

    private const int MaxLength = 128;

    /// <summary>The client's own id if it can be one; null otherwise.</summary>
    public static string? Of(IHeaderDictionary headers) =>
        headers.TryGetValue(Header, out var values) && values is [{ Length: > 0 and <= MaxLength } id] && id.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0
            ? id
            : null;

    /// <summary>Sixteen hexadecimal digits.</summary>
    public static string Make(Random random) => random.NextInt64().ToString("x16");
}
