using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kip.Host.CommandLine;
using Kip.Host.Invoke;

namespace Kip.Host.Commands;

/// <summary><c>kip invoke NAME</c>: one request to a service, and where its time went.</summary>
internal static class InvokeCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The service" };
    private static readonly Option<string> Path = new("--path")
    {
        Description = "The path and query", HelpName = "P", DefaultValueFactory = static _ => "/",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "The body; @FILE reads a file, @- reads stdin. Makes the request a POST", HelpName = "D",
    };

    private static readonly Option<string?> Method = new("--request", "-X") { Description = "The method", HelpName = "METHOD" };
    private static readonly Option<string[]> Header = new("--header", "-H")
    {
        Description = "A header, e.g. 'Content-Type: application/json'", HelpName = "NAME: VALUE", Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Tag = new("--tag") { Description = "Call the revision with this tag", HelpName = "TAG" };
    private static readonly Option<bool> Trace = new("--trace") { Description = "Show each stage of the request in milliseconds" };
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "invoke",
        "Send one request to a service.",
        "kip invoke hello",
        "kip invoke hello --trace",
        "kip invoke hello --path /orders --data '{\"id\": 1}' -H 'Content-Type: application/json'")
        .With(Name).With(Path).With(Data).With(Method).With(Header).With(Tag).With(Trace).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var url = await UrlAsync(parsed, cancel);
        using var client = GatewayClient.Make();
        using var request = Request(parsed, url);
        var started = Stopwatch.GetTimestamp();
        using var response = await SendAsync(client, request, cancel);
        var headersAfter = Stopwatch.GetElapsedTime(started);
        if (parsed.GetValue(Output) == "json") await PrintJsonAsync(response, headersAfter, cancel);
        else await PrintAsync(response, headersAfter, parsed.GetValue(Trace), cancel);
        if (!response.IsSuccessStatusCode)
            throw new CommandFailure($"{url} answered {(int)response.StatusCode} {response.ReasonPhrase}", 22);
    }

    // Progress ends with the headers: the body goes to the same terminal.
    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpRequestMessage request, CancellationToken cancel)
    {
        await using var progress = Progress.Start($"Calling {request.RequestUri}");
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
    }

    private static async Task<Uri> UrlAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var service = await connection.ServiceAsync(parsed.GetRequiredValue(Name), cancel);
        var tag = parsed.GetValue(Tag);
        var text = tag is null ? service.Status.Url : service.Status.Traffic.FirstOrDefault(t => t.Tag == tag)?.Url;
        if (text is null)
            throw new CommandFailure(tag is null
                ? $"service \"{service.Metadata.Name}\" has no URL yet; see: kip describe {service.Metadata.Name}"
                : $"service \"{service.Metadata.Name}\" has no tag \"{tag}\"; see: kip traffic {service.Metadata.Name}");
        return new Uri(new Uri(text), parsed.GetRequiredValue(Path));
    }

    private static HttpRequestMessage Request(ParseResult parsed, Uri url)
    {
        var body = parsed.GetValue(Data);
        var method = parsed.GetValue(Method) ?? (body is null ? "GET" : "POST");
        var request = new HttpRequestMessage(new HttpMethod(method), url);
        if (body is not null) request.Content = new ByteArrayContent(Body(body));
        if (parsed.GetValue(Trace) || parsed.GetValue(Output) == "json") request.Headers.Add("Kip-Trace", "1");
        foreach (var header in parsed.GetValue(Header) ?? []) AddHeader(request, header);
        return request;
    }

    private static byte[] Body(string text)
    {
        if (!text.StartsWith('@')) return Encoding.UTF8.GetBytes(text);
        if (text != "@-") return File.ReadAllBytes(text[1..]);
        using var copy = new MemoryStream();
        using var input = Console.OpenStandardInput();
        input.CopyTo(copy);
        return copy.ToArray();
    }

    private static void AddHeader(HttpRequestMessage request, string header)
    {
        var at = header.IndexOf(':');
        if (at <= 0) throw new CommandFailure($"the header \"{header}\" is not NAME: VALUE");
        var (name, value) = (header[..at].Trim(), header[(at + 1)..].Trim());
        if (!request.Headers.TryAddWithoutValidation(name, value))
            (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
    }

    private static async Task PrintAsync(HttpResponseMessage response, TimeSpan headersAfter, bool trace, CancellationToken cancel)
    {
        using (var output = Console.OpenStandardOutput())
            await response.Content.CopyToAsync(output, cancel);
        if (trace) TracePrinter.Print(Console.Error, Stages(response), headersAfter);
    }

    private static IReadOnlyList<Stage> Stages(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Server-Timing", out var timing) ? ServerTiming.Parse(timing) : [];

    private static async Task PrintJsonAsync(HttpResponseMessage response, TimeSpan headersAfter, CancellationToken cancel)
    {
        var printed = new Invocation(
            (int)response.StatusCode, headersAfter.TotalMilliseconds, Stages(response), await response.Content.ReadAsStringAsync(cancel));
        Console.Out.WriteLine(JsonSerializer.Serialize(printed, InvocationJson.Default.Invocation));
    }
}

/// <summary>What <c>kip invoke -o json</c> prints.</summary>
internal sealed record Invocation(int Status, double Milliseconds, IReadOnlyList<Stage> Stages, string Body);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Invocation))]
internal sealed partial class InvocationJson : JsonSerializerContext;
