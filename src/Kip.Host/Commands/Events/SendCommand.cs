using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Kip.CloudEvents;
using Kip.CloudEvents.Formats;
using Kip.CloudEvents.Http;
using Kip.Host.CommandLine;
using Kip.Host.Events;
using Kip.Host.Invoke;

namespace Kip.Host.Commands.Events;

/// <summary><c>kip events send TARGET</c>: one event to a Broker, a channel or any URL.</summary>
internal static class SendCommand
{
    private static readonly Argument<string> Target = new("TARGET") { Description = $"{TopicName.Help}, or an http URL" };
    private static readonly Option<string?> Type = new("--type", "-t") { Description = "What happened", HelpName = "TYPE" };
    private static readonly Option<string> Source = new("--source")
    {
        Description = "Where it happened", HelpName = "URI", DefaultValueFactory = static _ => "/kip/events/send",
    };

    private static readonly Option<string?> Id = new("--id") { Description = "Its id (default: a new one)", HelpName = "ID" };
    private static readonly Option<string?> Subject = new("--subject") { Description = "What it happened to", HelpName = "TEXT" };
    private static readonly Option<string?> Data = new("--data", "-d")
    {
        Description = "Its data; @FILE reads a file, @- reads stdin", HelpName = "D",
    };
    private static readonly Option<string?> ContentType = new("--content-type")
    {
        Description = "The data's media type (default: application/json when it is JSON, else text or bytes)", HelpName = "TYPE",
    };

    private static readonly Option<string[]> Extension = new("--extension", "-e")
    {
        Description = "An extension attribute", HelpName = "NAME=VALUE", Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> File = new("--file", "-f")
    {
        Description = "The whole event, in the JSON format; - reads stdin. Instead of the options above", HelpName = "FILE",
    };

    private static readonly Option<bool> Structured = new("--structured")
    {
        Description = "Send it as one JSON document instead of headers and body",
    };
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "send",
        "Send one event to a Broker, a channel or a URL.",
        "kip events send orders --type com.example.order --data '{\"id\": 1}'",
        "kip events send channel/audit --type com.example.login --subject ada -e partitionkey=ada",
        "kip events send http://hello.default.localhost:8080 --type com.example.ping",
        "kip events send orders --file event.json")
        .With(Target).With(Type).With(Source).With(Id).With(Subject).With(Data).With(ContentType).With(Extension).With(File).With(Structured).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var cloudEvent = await EventAsync(parsed, cancel);
        var message = EventMessage.Of(cloudEvent, parsed.GetValue(Structured));
        var target = parsed.GetRequiredValue(Target);
        var sent = Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? await PostAsync(url, cloudEvent.Id, message, cancel)
            : await PublishAsync(parsed, target, cloudEvent.Id, message, cancel);
        Print(sent, json: parsed.GetValue(Output) == "json");
    }

    private static async Task<SentEvent> PublishAsync(
        ParseResult parsed, string target, string id, EventMessage message, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var topic = TopicName.Parse(target, connection.Namespace);
        await using var progress = Progress.Start($"Sending to {topic}");
        await new EventsClient(connection).PublishAsync(topic, message.Content(), message.Headers, cancel);
        return new(id, topic.ToString(), 202, null);
    }

    private static async Task<SentEvent> PostAsync(Uri url, string id, EventMessage message, CancellationToken cancel)
    {
        using var client = GatewayClient.Make();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = message.Content() };
        foreach (var (name, value) in message.Headers) request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation("Prefer", "reply");
        await using var progress = Progress.Start($"Sending to {url}");
        using var response = await AnswerAsync(client, request, url, cancel);
        var body = await response.Content.ReadAsByteArrayAsync(cancel);
        if (!response.IsSuccessStatusCode)
        {
            var said = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 500))).Trim();
            throw new CommandFailure($"{url} answered {(int)response.StatusCode} {response.ReasonPhrase}{(said.Length == 0 ? "" : $": {said}")}", 22);
        }
        return new(id, url.ToString(), (int)response.StatusCode, ReplyIn(response, body));
    }

    // Whoever does not answer here is no part of the platform.
    private static async Task<HttpResponseMessage> AnswerAsync(HttpClient client, HttpRequestMessage request, Uri url, CancellationToken cancel)
    {
        try
        {
            return await client.SendAsync(request, cancel);
        }
        catch (HttpRequestException failure)
        {
            throw new CommandFailure($"{url} cannot be reached: {failure.Message}");
        }
    }

    // A reply is an event in the answer; anything else in it is the receiver's own affair.
    private static JsonElement? ReplyIn(HttpResponseMessage response, byte[] body)
    {
        var reader = new CloudEventHttpReader(CloudEventStrictness.Upstream);
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers)) reader.Header(name, string.Join(",", values));
        if (!reader.IsCloudEvent || !reader.TryRead(body, out var reply, out _)) return null;
        var json = new ArrayBufferWriter<byte>();
        EventFormat.Json.Write(reply, json);
        return JsonDocument.Parse(json.WrittenMemory).RootElement;
    }

    private static async Task<CloudEvent> EventAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (parsed.GetValue(File) is { } file) return await ReadAsync(file, cancel);
        var data = parsed.GetValue(Data);
        return new EventTemplate
        {
            Type = parsed.GetValue(Type),
            Source = parsed.GetRequiredValue(Source),
            Id = parsed.GetValue(Id),
            Subject = parsed.GetValue(Subject),
            Data = data is null ? null : data.StartsWith('@') ? await BytesAsync(data[1..], cancel) : Encoding.UTF8.GetBytes(data),
            ContentType = parsed.GetValue(ContentType),
            Extensions = KeyValues.Parse("--extension", parsed.GetValue(Extension)),
        }.Make(TimeProvider.System.GetUtcNow(), static () => Guid.CreateVersion7().ToString());
    }

    private static async Task<CloudEvent> ReadAsync(string file, CancellationToken cancel)
    {
        var bytes = await BytesAsync(file, cancel);
        return EventFormat.Json.TryRead(bytes, CloudEventStrictness.Specification, out var read, out var error)
            ? read
            : throw new CommandFailure($"{(file == "-" ? "stdin" : file)} is no CloudEvent in the JSON format: {error}");
    }

    private static async Task<byte[]> BytesAsync(string file, CancellationToken cancel)
    {
        if (file != "-") return await System.IO.File.ReadAllBytesAsync(file, cancel);
        using var copy = new MemoryStream();
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(copy, cancel);
        return copy.ToArray();
    }

    private static void Print(SentEvent sent, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(sent, EventsJson.Indented.SentEvent));
            return;
        }
        Console.Out.WriteLine($"event {sent.Id} sent to {sent.To}: {sent.Status}");
        if (sent.Reply is { } reply) Console.Out.WriteLine($"reply: {reply.GetRawText()}");
    }
}
