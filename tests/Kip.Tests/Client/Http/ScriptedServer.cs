using System.Net;
using System.Text;
using Kip.Client.Http;
using Kip.Testing.Time;

namespace Kip.Tests.Client.Http;

/// <summary>An API server that answers what the test says, without sockets.</summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    private readonly Queue<Func<HttpRequestMessage, HttpResponseMessage>> _answers = new();

    public ManualTimeProvider Time { get; } = new();

    /// <summary>Every request: method, path and query, body.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Takes the request after the scripted ones until cancelled.</summary>
    public bool Hangs { get; set; }

    public HttpResources Client(Func<HttpResourcesOptions, HttpResourcesOptions>? change = null)
    {
        var options = new HttpResourcesOptions { Time = Time, Random = static () => 0 };
        return new HttpResources(new HttpClient(this) { BaseAddress = new Uri("https://api.test:6443/") }, change is null ? options : change(options));
    }

    public ScriptedServer Answer(int code, string body, params (string Name, string Value)[] headers) => Then(_ =>
    {
        var response = new HttpResponseMessage((HttpStatusCode)code) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) response.Headers.Add(name, value);
        return response;
    });

    public ScriptedServer Then(Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : $" {await request.Content.ReadAsStringAsync(cancellationToken)}";
        Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery}{body}");
        if (_answers.TryDequeue(out var answer)) return answer(request);
        if (!Hangs) throw new HttpRequestException("Connection refused (api.test:6443)");
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException("hanging ends by cancelling");
    }
}
