using System.Net;
using System.Net.Http.Headers;

namespace Kip.Client.Http;

/// <summary>Sends requests to an API server, repeats what the server puts off, and makes an <see cref="ApiException"/> of every failure.</summary>
internal sealed class ApiConnection : IDisposable
{
    private static readonly string Agent = $"kip/{typeof(ApiConnection).Assembly.GetName().Version?.ToString(3)}";

    private readonly HttpClient _http;
    private readonly HttpResourcesOptions _options;

    public ApiConnection(HttpClient http, HttpResourcesOptions options)
    {
        _http = http;
        _options = options;
        _http.Timeout = Timeout.InfiniteTimeSpan;
        _http.MaxResponseContentBufferSize = options.MaxAnswerBytes;
        Server = http.BaseAddress!.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>Who is spoken to, for messages.</summary>
    public string Server { get; }

    public HttpClient Http => _http;

    /// <summary>Sends a request and reads the whole answer.</summary>
    public async Task<byte[]> SendAsync(
        HttpMethod method, string path, (ReadOnlyMemory<byte> Bytes, MediaTypeHeaderValue Type)? body, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var timeout = new CancellationTokenSource(_options.Timeout, _options.Time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
            using var response = await TrySendAsync(Request(method, path, body), HttpCompletionOption.ResponseContentRead, limit.Token, cancel);
            // The content is in memory already.
            var answer = await response.Content.ReadAsByteArrayAsync(CancellationToken.None);
            if (response.IsSuccessStatusCode) return answer;
            if (attempt >= _options.MaxRetries || RetryAfter(response) is not { } wait) throw Failures.Of((int)response.StatusCode, answer, Server);
            await Task.Delay(wait, _options.Time, cancel);
        }
    }

    /// <summary>Opens an answer that goes on: only its head has come when this completes.</summary>
    /// <param name="limit">When it is cancelled and <paramref name="cancel"/> is not, the server has not answered in time.</param>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken limit, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            var response = await TrySendAsync(Request(HttpMethod.Get, path, null), HttpCompletionOption.ResponseHeadersRead, limit, cancel);
            if (response.IsSuccessStatusCode) return response;
            using (response)
            {
                var wait = RetryAfter(response);
                if (attempt >= _options.MaxRetries || wait is null)
                    throw Failures.Of((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(limit), Server);
                await Task.Delay(wait.Value, _options.Time, cancel);
            }
        }
    }

    /// <summary>Sends a request once, and disposes it. The answer may be a refusal.</summary>
    public async Task<HttpResponseMessage> TrySendAsync(
        HttpRequestMessage request, HttpCompletionOption completion, CancellationToken limit, CancellationToken cancel)
    {
        try
        {
            using (request) return await _http.SendAsync(request, completion, limit);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw Failures.Of(e, Server);
        }
    }

    public static HttpRequestMessage Request(HttpMethod method, string path, (ReadOnlyMemory<byte> Bytes, MediaTypeHeaderValue Type)? body)
    {
        var request = new HttpRequestMessage(method, path)
        {
            // Over TLS both sides choose; without it a newer version could not be agreed on.
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.UserAgent.ParseAdd(Agent);
        if (body is var (bytes, type)) request.Content = new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = type } };
        return request;
    }

    public void Dispose() => _http.Dispose();

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) return null;
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _options.Time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait <= _options.LongestRetryAfter ? TimeSpan.FromTicks(Math.Max(0, wait.Value.Ticks)) : null;
    }
}
