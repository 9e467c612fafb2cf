using System.Globalization;
using System.Text.Json;
using Kip.Client;
using Kip.Resources;
using Microsoft.AspNetCore.Http;

namespace Kip.Brokers.Api;

/// <summary>Writes answers: one JSON document, or a stream of them, one per line.</summary>
internal static class JsonLines
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    /// <summary>Answers with one document.</summary>
    public static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        await json.FlushAsync(http.RequestAborted);
    }

    /// <summary>Begins a stream: the client sees at once that it has begun.</summary>
    public static Task BeginAsync(HttpContext http, CancellationToken cancel)
    {
        http.Response.ContentType = "application/x-ndjson";
        return http.Response.StartAsync(cancel);
    }

    /// <summary>Adds a line to a stream. It is on its way only after <see cref="FlushAsync"/>.</summary>
    public static void Line(HttpContext http, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(http.Response.BodyWriter))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        NewLine.CopyTo(http.Response.BodyWriter.GetMemory(1));
        http.Response.BodyWriter.Advance(1);
    }

    public static async Task FlushAsync(HttpContext http, CancellationToken cancel) => await http.Response.BodyWriter.FlushAsync(cancel);

    /// <summary>The query's <c>limit</c>.</summary>
    /// <exception cref="ApiException">400: it is no number of 1 or more.</exception>
    public static long LimitOf(HttpContext http, long otherwise)
    {
        var text = http.Request.Query["limit"].ToString();
        if (text.Length == 0) return otherwise;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? limit
            : throw Bad($"limit is \"{text}\"; it is a number, 1 or more");
    }

    public static ApiException Bad(string message) => ApiException.Of(400, StatusReason.BadRequest, message);

    public static void WriteEvent(this Utf8JsonWriter json, CloudEvents.CloudEvent shown)
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        CloudEvents.Formats.EventFormat.Json.Write(shown, body);
        json.WritePropertyName("event"u8);
        // It was written by our own writer a moment ago.
        json.WriteRawValue(body.WrittenSpan, skipInputValidation: true);
    }

    public static void WriteName(this Utf8JsonWriter json, NamespacedName name)
    {
        json.WriteStartObject("subscription"u8);
        json.WriteString("namespace"u8, name.Namespace);
        json.WriteString("name"u8, name.Name);
        json.WriteEndObject();
    }

    public static void WriteTopic(this Utf8JsonWriter json, Topics.TopicKey topic)
    {
        json.WriteString("kind"u8, topic.Plural);
        json.WriteString("namespace"u8, topic.Name.Namespace);
        json.WriteString("topic"u8, topic.Name.Name);
    }
}
