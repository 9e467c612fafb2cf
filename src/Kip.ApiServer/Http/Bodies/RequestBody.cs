using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Protobuf;
using Kip.Client;
using Kip.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.ApiServer.Http.Bodies;

/// <summary>Reads bodies of requests.</summary>
internal static class RequestBody
{
    /// <summary>The whole body.</summary>
    /// <exception cref="ApiException">413: it is over the limit. 415: it is compressed.</exception>
    /// <exception cref="BadHttpRequestException">It ends early, or is so large that it is not even read to its end.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext http)
    {
        if (http.Request.Headers.ContentEncoding.ToString() is { Length: > 0 } encoding and not "identity")
            throw Unsupported($"the body of the request is encoded ({encoding}): send it as it is");
        var limit = http.Features.GetRequiredFeature<BodyLimit>().Bytes;
        var reader = http.Request.BodyReader;
        var discarded = 0L;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            // What is too large is read on, not kept: clients that are still sending do not look at an answer.
            if (discarded > 0 || read.Buffer.Length > limit)
            {
                discarded += read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) throw TooLarge(discarded, limit);
            }
            else if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }
            else
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
    }

    /// <summary>The body of a request that carries an object, as JSON.</summary>
    /// <exception cref="ApiException">415: it is neither JSON nor YAML nor protobuf of a kind that is understood. 400: it is empty or malformed.</exception>
    public static async Task<JsonDocument> ReadJsonAsync(HttpContext http)
    {
        var type = MediaType(http.Request.ContentType);
        // Kubernetes' own default is JSON; curl says form data unless told otherwise, and means JSON.
        if (type is not ("" or "application/json" or "application/x-www-form-urlencoded" or ProtobufObject.ContentType or YamlBody.ContentType))
            throw Unsupported($"the body of the request was in an unknown format ({type}) - accepted media types include: application/json, application/yaml");
        var body = await ReadAsync(http);
        if (body.IsEmpty) throw ApiException.BadRequest("the body of the request is empty: send the object as JSON");
        return Parse(body, type);
    }

    /// <summary>Parses a body of any of the media types.</summary>
    /// <exception cref="ApiException">415: protobuf of a kind that is not understood. 400: it is malformed.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body, string mediaType) => Parse(mediaType switch
    {
        ProtobufObject.ContentType => FromProtobuf(body),
        YamlBody.ContentType => YamlBody.ToJson(body),
        _ => body,
    });

    private static ReadOnlyMemory<byte> FromProtobuf(ReadOnlyMemory<byte> body)
    {
        try
        {
            return ProtobufObject.Read(body, out var kind)
                ?? throw Unsupported($"{kind} is not understood as protobuf: send it as application/json (kubectl create … --dry-run=client -o yaml "
                + "| kubectl create -f -)");
        }
        catch (FormatException malformed)
        {
            throw ApiException.BadRequest($"the body of the request is not protobuf: {malformed.Message}");
        }
    }

    /// <summary>Parses JSON that a client sent.</summary>
    /// <exception cref="ApiException">400: it is malformed.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonTree.ParseDocument(body);
        }
        catch (JsonException malformed)
        {
            throw ApiException.BadRequest($"the body of the request is not JSON: {malformed.Message}");
        }
    }

    /// <summary>A body as a tree to read from; empty when it is no object.</summary>
    /// <exception cref="ApiException">400: it holds half of a surrogate pair.</exception>
    public static JsonObject Tree(JsonDocument body)
    {
        try
        {
            return JsonTree.Of(body.RootElement) as JsonObject ?? [];
        }
        catch (JsonException malformed)
        {
            throw ApiException.BadRequest($"the body of the request is not JSON: {malformed.Message}");
        }
    }

    private static ApiException TooLarge(long bytes, long limit) => ApiException.Of(
        413, StatusReason.RequestEntityTooLarge, $"Request entity too large: {bytes} bytes, limit is {limit}");

    private static ApiException Unsupported(string message) => ApiException.Of(415, StatusReason.UnsupportedMediaType, message);

    /// <summary>A content type without its parameters, in lower case.</summary>
    public static string MediaType(string? contentType) => (contentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
}
