using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Resources;

namespace Kip.Host.Events;

/// <summary>Calls the platform's event API with the credentials of a connection.</summary>
internal sealed class EventsClient(Connection connection)
{
    private const string Prefix = "kip/events/";

    /// <summary>Reads one answer.</summary>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancel);
        return await ReadAsync(response, type, cancel);
    }

    /// <summary>Asks for something to be done and reads the answer.</summary>
    public async Task<T> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Post, path, null, cancel);
        return await ReadAsync(response, type, cancel);
    }

    public async Task DeleteAsync(string path, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Delete, path, null, cancel);
    }

    /// <summary>Hands an event in: binary mode, or whatever the content is.</summary>
    public async Task PublishAsync(
        TopicName topic, HttpContent content, IReadOnlyDictionary<string, string> headers, CancellationToken cancel)
    {
        using var response = await connection.CallAsync(HttpMethod.Post, $"{Prefix}{topic.Path}/events", content, headers, cancel);
    }

    /// <summary>Reads a stream of answers, each as it comes.</summary>
    /// <param name="body">A JSON document; null sends none.</param>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        HttpMethod method, string path, string? body, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var response = await SendAsync(method, path, body, cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line.Length > 0) yield return Parse(line, type);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancel)
    {
        var content = body is null ? null : new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        return await connection.CallAsync(method, Prefix + path, content, null, cancel);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancel) =>
        Parse(await response.Content.ReadAsStringAsync(cancel), type);

    private static T Parse<T>(string json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw ApiException.Of(500, StatusReason.InternalError, $"the event API sent an answer that cannot be read: {e.Message}");
        }
    }
}
