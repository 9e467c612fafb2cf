using Kip.Brokers.Topics;
using Kip.Client;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;
using Kip.Resources;
using Microsoft.AspNetCore.Http;

namespace Kip.Brokers.Api;

/// <summary>The ingress for those who have the API's credentials and may not reach the gateway.</summary>
internal sealed class SendEndpoint(Ingress ingress)
{
    private const int MaxBytes = 3 << 20;

    public async Task AnswerAsync(HttpContext http, Topic topic)
    {
        var reader = new CloudEventHttpReader(CloudEventStrictness.Upstream);
        foreach (var (name, values) in http.Request.Headers) reader.Header(name, values.ToString());
        var structured = reader.Mode != ContentMode.Binary;
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        if (body.Length > MaxBytes) throw ApiException.Of(413, StatusReason.RequestEntityTooLarge, $"the event is over {MaxBytes} bytes");
        if (!reader.TryReadBatch(body.ToArray(), out var events, out var error)) throw JsonLines.Bad(error.ToString());
        var headers = http.Request.Headers.Select(static h => new KeyValuePair<string, string>(h.Key, h.Value.ToString()));
        var answer = await ingress.AcceptAsync(topic, events, headers, structured);
        if (answer.Status != 202) throw Refused(answer);
        http.Response.StatusCode = 202;
        await http.Response.CompleteAsync();
        topic.Published();
    }

    private static ApiException Refused(IngressAnswer answer) => new(new Status
    {
        State = "Failure",
        Code = answer.Status,
        Reason = answer.Status switch
        {
            429 => StatusReason.TooManyRequests,
            503 => StatusReason.ServiceUnavailable,
            413 => StatusReason.RequestEntityTooLarge,
            _ => StatusReason.BadRequest,
        },
        Message = answer.Reason,
        Details = answer.RetryAfter > 0 ? new() { RetryAfterSeconds = answer.RetryAfter } : null,
    });
}
