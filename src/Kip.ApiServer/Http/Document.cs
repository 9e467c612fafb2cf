using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http;

/// <summary>A document that is the same for everybody: written once, sent with an <c>ETag</c> so that clients may keep it.</summary>
internal sealed class Document
{
    private readonly byte[] _json;
    private readonly string _contentType;

    private Document(byte[] json, string contentType)
    {
        (_json, _contentType) = (json, contentType);
        Hash = Convert.ToHexString(SHA256.HashData(json));
    }

    /// <summary>Changes when the content does.</summary>
    public string Hash { get; }

    public static Document Write(Action<Utf8JsonWriter> write, string contentType = "application/json")
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        return new(buffer.WrittenSpan.ToArray(), contentType);
    }

    /// <summary>Answers with the document, or with 304 when the client has it already.</summary>
    public async Task SendAsync(HttpContext http)
    {
        var tag = $"\"{Hash}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.Vary = "Accept";
        if (http.Request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal))
        {
            http.Response.StatusCode = 304;
            return;
        }
        await using var answer = new JsonAnswer(http) { ContentType = _contentType };
        answer.Writer.WriteRawValue(_json, skipInputValidation: true);
        await answer.CompleteAsync();
    }
}
