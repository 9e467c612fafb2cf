using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Kip.Host.Commands.Conformance;

/// <summary>A receiver of events that remembers what it got and answers as its URL asks: what upstream's eventshub is to its tests.</summary>
/// <remarks>
/// <c>POST /events/NAME</c> records an attempt. Its query says how it is answered: <c>fail=N</c> refuses the first N attempts, with
/// <c>status=S</c> (500) and <c>body=TEXT</c>; <c>sleep=MS</c> waits before that; <c>reply=TYPE</c> answers with an event of that type whose data is what
/// came, with <c>append=TEXT</c> behind it; <c>nonevent=1</c> answers with text that is no event. <c>GET /received/NAME</c> shows the attempts as JSON.
/// </remarks>
internal sealed class EventHub
{
    // A hub that is sent more than this is not being examined but loaded; what comes after is answered and forgotten.
    private const int MostAttempts = 10_000;
    private const int LongestWait = 120_000;

    private readonly ConcurrentDictionary<string, List<Attempt>> _received = new();

    private sealed record Attempt(Dictionary<string, string> Headers, string Body, int Status);

    /// <summary>Answers a path of the hub; null when it is none.</summary>
    public Task? TryAnswer(HttpContext http)
    {
        var parts = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["events", var name] => TakeAsync(http, _received.GetOrAdd(name, static _ => [])),
            ["received", var name] => ShowAsync(http, _received.GetOrAdd(name, static _ => [])),
            _ => null,
        };
    }

    private static async Task TakeAsync(HttpContext http, List<Attempt> attempts)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        var query = http.Request.Query;
        bool fails;
        lock (attempts)
        {
            fails = attempts.Count < Number(query["fail"], 0);
            var status = fails ? Number(query["status"], 500) : 200;
            var headers = http.Request.Headers.ToDictionary(static h => h.Key.ToLowerInvariant(), static h => h.Value.ToString());
            if (attempts.Count < MostAttempts) attempts.Add(new(headers, body, status));
        }
        await Task.Delay(Math.Min(Number(query["sleep"], 0), LongestWait), http.RequestAborted);
        if (fails)
        {
            http.Response.StatusCode = Number(query["status"], 500);
            await http.Response.WriteAsync(query["body"].ToString(), http.RequestAborted);
        }
        else if (query["reply"].ToString() is { Length: > 0 } type) await ReplyAsync(http, type, body + query["append"]);
        else if (query.ContainsKey("nonevent")) await http.Response.WriteAsync("thank you", http.RequestAborted);
    }

    private static Task ReplyAsync(HttpContext http, string type, string data)
    {
        var headers = http.Response.Headers;
        headers["ce-specversion"] = "1.0";
        headers["ce-id"] = Guid.NewGuid().ToString();
        headers["ce-source"] = "/conformance/hub";
        headers["ce-type"] = type;
        headers.ContentType = http.Request.ContentType ?? "application/json";
        return http.Response.WriteAsync(data, http.RequestAborted);
    }

    private static async Task ShowAsync(HttpContext http, List<Attempt> attempts)
    {
        Attempt[] all;
        lock (attempts) all = [.. attempts];
        http.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter);
        writer.WriteStartArray();
        foreach (var attempt in all)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("headers");
            foreach (var (name, value) in attempt.Headers) writer.WriteString(name, value);
            writer.WriteEndObject();
            writer.WriteString("body", attempt.Body);
            writer.WriteNumber("status", attempt.Status);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static int Number(string? text, int byDefault) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : byDefault;
}
