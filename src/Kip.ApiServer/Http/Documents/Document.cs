using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kip.ApiServer.Http.Bodies;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http.Documents;

/// <summary>A document that is the same for everybody: written once, sent with an <c>ETag</c> so that clients may keep it.</summary>
internal sealed class Document(byte[] content, string contentType)
{
    /// <summary>Changes when the content does.</summary>
    public string Hash { get; } = Convert.ToHexString(SHA256.HashData(content));

    /// <summary>The document's bytes.</summary>
    public ReadOnlyMemory<byte> Content => content;

    /// <summary>A JSON document.</summary>
    public static Document Write(Action<Utf8JsonWriter> write, string contentType = "application/json")
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) write(writer);
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
        http.Response.ContentType = contentType;
        if (content.Length >= Compression.Large && Compression.Begin(http) is { } gzip)
        {
            await using (gzip) await gzip.WriteAsync(content, http.RequestAborted);
            return;
        }
        http.Response.ContentLength = content.Length;
        await http.Response.Body.WriteAsync(content, http.RequestAborted);
    }
}
