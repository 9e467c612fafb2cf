using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http.Bodies;

/// <summary>When and how answers are compressed.</summary>
internal static class Compression
{
    /// <summary>Kubernetes' own threshold in bytes: below it compression costs more than it saves.</summary>
    public const int Large = 128 * 1024;

    /// <summary>A stream that compresses what is written to the answer; null when the client does not take it.</summary>
    public static GZipStream? Begin(HttpContext http)
    {
        http.Response.Headers.Append("Vary", "Accept-Encoding");
        if (!http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase)) return null;
        http.Response.Headers.ContentEncoding = "gzip";
        return new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
    }
}
