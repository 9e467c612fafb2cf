using System.Text.Encodings.Web;
using System.Text.Json;
using Kip.Resources;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>Objects as they are sent.</summary>
internal static class ObjectText
{
    private const int KeepBytes = 256 * 1024;

    [ThreadStatic]
    private static PooledBuffer? s_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    /// <summary>The text of an object in the version that is served.</summary>
    public static byte[] Of(KindDefinition served, Resource resource)
    {
        var buffer = s_buffer ??= new PooledBuffer();
        var writer = s_writer ??= new Utf8JsonWriter(
            buffer, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        buffer.Clear();
        writer.Reset(buffer);
        served.Write(writer, resource);
        writer.Flush();
        var text = buffer.Written.ToArray();
        if (text.Length > KeepBytes) buffer.Dispose();
        return text;
    }
}
