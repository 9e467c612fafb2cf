using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kip.CloudEvents.Formats.Json;

/// <summary>A JSON writer kept by each thread, so that writing an event makes none.</summary>
internal readonly struct JsonWriterLease : IDisposable
{
    private static readonly JsonWriterOptions Options = new()
    {
        // The body is read as JSON, never embedded in a page; what is readable stays readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = EventData.MaxJsonDepth,
    };

    [ThreadStatic]
    private static Utf8JsonWriter? _spare;

    private JsonWriterLease(Utf8JsonWriter writer) => Writer = writer;

    internal Utf8JsonWriter Writer { get; }

    internal static JsonWriterLease Rent(IBufferWriter<byte> output)
    {
        var writer = _spare;
        _spare = null;
        if (writer is null) return new(new Utf8JsonWriter(output, Options));
        writer.Reset(output);
        return new(writer);
    }

    public void Dispose()
    {
        Writer.Reset(Nowhere.Instance);
        _spare = Writer;
    }

    // Holds no caller's buffer while the writer waits for its next use.
    private sealed class Nowhere : IBufferWriter<byte>
    {
        internal static readonly Nowhere Instance = new();

        public void Advance(int count) => throw new InvalidOperationException();

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new InvalidOperationException();

        public Span<byte> GetSpan(int sizeHint = 0) => throw new InvalidOperationException();
    }
}
