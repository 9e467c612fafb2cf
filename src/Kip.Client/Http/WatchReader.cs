using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Kip.Resources;

namespace Kip.Client.Http;

/// <summary>Reads the events of a watch: one JSON object to a line.</summary>
internal static class WatchReader
{
    /// <exception cref="ApiException">The server ended the watch with an error, or sent what cannot be read.</exception>
    public static async IAsyncEnumerable<WatchEvent> ReadAsync(
        KindDefinition kind, Stream stream, int maxEventBytes, [EnumeratorCancellation] CancellationToken cancel)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        while (true)
        {
            var read = await pipe.ReadAsync(cancel);
            var rest = read.Buffer;
            while (TryTakeLine(ref rest, read.IsCompleted, out var line))
            {
                if (line.IsEmpty) continue;
                yield return Parse(kind, line);
            }
            if (rest.Length > maxEventBytes)
                throw ApiException.Of(413, StatusReason.RequestEntityTooLarge, $"an event of {kind} is larger than {maxEventBytes} bytes");
            pipe.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted) yield break;
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, bool last, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }
        // The last event may lack its newline; half an event is the mark of a connection that broke, and is read again after a resume.
        line = last && IsWhole(rest) ? rest : default;
        if (line.IsEmpty) return false;
        rest = rest.Slice(rest.End);
        return true;
    }

    private static bool IsWhole(ReadOnlySequence<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            return reader.Read() && reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static WatchEvent Parse(KindDefinition kind, ReadOnlySequence<byte> line)
    {
        try
        {
            var type = TypeOf(line);
            var reader = ObjectOf(line);
            if (type == "ERROR")
            {
                var status = JsonSerializer.Deserialize(ref reader, WireJson.Of<Status>());
                throw status is null ? ApiException.Of(500, StatusReason.InternalError, $"the watch of {kind} ended with an error") : new ApiException(status);
            }
            return new WatchEvent(EventType(type), kind.Read(ref reader));
        }
        catch (JsonException e)
        {
            throw ApiException.Of(500, StatusReason.InternalError, $"the watch of {kind} sent what cannot be read: {e.Message}");
        }
    }

    private static WatchEventType EventType(string? type) => type switch
    {
        "ADDED" => WatchEventType.Added,
        "MODIFIED" => WatchEventType.Modified,
        "DELETED" => WatchEventType.Deleted,
        "BOOKMARK" => WatchEventType.Bookmark,
        _ => throw new JsonException($"an event of the unknown type \"{type}\""),
    };

    // The fields may come in either order; the line is in memory, so it is simply looked through twice.
    private static string? TypeOf(ReadOnlySequence<byte> line)
    {
        var reader = Field(line, "type"u8);
        return reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException("an event without a type");
    }

    private static Utf8JsonReader ObjectOf(ReadOnlySequence<byte> line) => Field(line, "object"u8);

    private static Utf8JsonReader Field(ReadOnlySequence<byte> line, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("an event is an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found) return reader;
            reader.Skip();
        }
        throw new JsonException("an event lacks its type or its object");
    }
}
