using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Kip.Resources;

namespace Kip.ApiServer.Storage;

/// <summary>Objects as they are written down. The version is not in the text: it is given under the lock, the text is made before.</summary>
internal static class StoredJson
{
    private const int KeepBytes = 256 * 1024;

    // What is written is an object of ours, whose writers are known to end what they begin.
    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    /// <summary>The text of an object; valid until this thread's next call.</summary>
    public static ReadOnlySpan<byte> Write(Resource resource)
    {
        if (s_buffer is null || s_buffer.Capacity > KeepBytes) (s_buffer, s_writer) = (new(4096), null);
        s_buffer.ResetWrittenCount();
        s_writer ??= new Utf8JsonWriter(s_buffer, Unchecked);
        s_writer.Reset(s_buffer);
        resource.GetDefinition().Write(s_writer, resource);
        s_writer.Flush();
        return s_buffer.WrittenSpan;
    }

    public static Resource Read(KindDefinition kind, ReadOnlySpan<byte> json, long version)
    {
        var resource = kind.Read(json);
        return resource with { Metadata = resource.Metadata with { ResourceVersion = version.ToString(CultureInfo.InvariantCulture) } };
    }
}
