using System.Runtime.InteropServices;
using System.Text.Json;

namespace Kip.ApiServer.Protobuf;

/// <summary>Writes one message as JSON, along the tables of <see cref="ProtobufMessages"/>.</summary>
/// <remarks>
/// A field that is not known is written as <c>#</c> and its number, so that field validation finds it and says where it is. One list of
/// places serves all levels, so that a body of many small messages costs little more than its own size.
/// </remarks>
internal sealed class ProtobufTranscoder(ReadOnlyMemory<byte> body, Utf8JsonWriter writer)
{
    // JSON bodies may nest as deep; only schemas of schemas come near.
    private const int MaxDepth = 60;

    private readonly List<Place> _places = [];

    /// <exception cref="FormatException">The body is malformed.</exception>
    public void Write(ProtobufMessage message, string apiVersion, string kind)
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion", apiVersion);
        writer.WriteString("kind", kind);
        Members(message, 0, body.Length, 0);
        writer.WriteEndObject();
    }

    private void Members(ProtobufMessage message, int start, int length, int depth)
    {
        if (depth > MaxDepth) throw new FormatException("its messages nest too deep");
        var first = _places.Count;
        var end = Gather(start, length);
        for (var i = first; i < end;)
        {
            // Repeated fields may lie apart on the wire; here they are side by side.
            var group = i;
            while (i < end && _places[i].Field == _places[group].Field) i++;
            if (message[_places[group].Field] is { } field) Field(field, group, i, depth);
            else Unknown(_places[i - 1]);
        }
        _places.RemoveRange(first, _places.Count - first);
    }

    /// <summary>Notes where a message's fields are, in the order of their numbers. Where the notes end.</summary>
    private int Gather(int start, int length)
    {
        var first = _places.Count;
        var sorted = true;
        var reader = new ProtobufReader(body.Span.Slice(start, length));
        while (reader.Read())
        {
            sorted &= _places.Count == first || _places[^1].Field <= reader.Field;
            _places.Add(new(reader.Field, start + reader.Start, reader.IsBytes ? reader.Bytes.Length : -1, reader.Number));
        }
        if (!sorted) CollectionsMarshal.AsSpan(_places)[first..].Sort();
        return _places.Count;
    }

    private void Field(ProtobufField field, int from, int to, int depth)
    {
        switch (field.Shape)
        {
            case ProtobufShape.Many:
                writer.WriteStartArray(field.Name);
                for (var i = from; i < to; i++) Value(field, _places[i], depth);
                writer.WriteEndArray();
                break;
            case ProtobufShape.Map:
                writer.WriteStartObject(field.Name);
                for (var i = from; i < to; i++) Entry(field, _places[i], depth);
                writer.WriteEndObject();
                break;
            default:
                // Of a value that is said twice the last counts.
                One(field, _places[to - 1], depth);
                break;
        }
    }

    private void One(ProtobufField field, Place place, int depth)
    {
        if (field.Type == ProtobufType.Inline) Members(MessageOf(field), place.Start, LengthOf(field, place), depth + 1);
        else if (!IsAbsent(field, place))
        {
            writer.WritePropertyName(field.Name);
            Value(field, place, depth);
        }
    }

    // What Go's JSON leaves out: zeros that are no pointers, empty text, and times that were never set.
    private bool IsAbsent(ProtobufField field, Place place) => field.Type switch
    {
        ProtobufType.Text or ProtobufType.Bytes or ProtobufType.Raw => place.Length == 0,
        ProtobufType.Integer or ProtobufType.Boolean or ProtobufType.Double => !field.KeepsZero && place is { Length: -1, Number: 0 },
        ProtobufType.Time => place.Length >= 0 && ProtobufScalars.Time(Bytes(place)) is null,
        _ => false,
    };

    private void Entry(ProtobufField field, Place entry, int depth)
    {
        var start = entry.Start;
        var reader = new ProtobufReader(body.Span.Slice(start, LengthOf(field, entry)));
        ReadOnlySpan<byte> key = default;
        Place? value = null;
        while (reader.Read())
        {
            if (reader.Field == 1) key = reader.Bytes;
            if (reader.Field == 2) value = new(2, start + reader.Start, reader.IsBytes ? reader.Bytes.Length : -1, reader.Number);
        }
        writer.WritePropertyName(ProtobufScalars.Text(key, field.Name));
        Value(field, value ?? new(2, start, 0, 0), depth);
    }

    private void Value(ProtobufField field, Place place, int depth)
    {
        var isNumber = field.Type is ProtobufType.Integer or ProtobufType.Boolean or ProtobufType.Double;
        if (isNumber != place.Length < 0) throw new FormatException($"the field {field.Name} is not of its type");
        switch (field.Type)
        {
            case ProtobufType.Integer:
                writer.WriteNumberValue((long)place.Number);
                break;
            case ProtobufType.Boolean:
                writer.WriteBooleanValue(place.Number != 0);
                break;
            case ProtobufType.Message:
                writer.WriteStartObject();
                Members(MessageOf(field), place.Start, place.Length, depth + 1);
                writer.WriteEndObject();
                break;
            case ProtobufType.Either:
                Either(MessageOf(field), place, depth + 1);
                break;
            default:
                ProtobufScalars.Write(writer, field, place.Number, isNumber ? default : Bytes(place));
                break;
        }
    }

    /// <summary>Writes a schema when there is one, else what stands in its place.</summary>
    private void Either(ProtobufMessage message, Place place, int depth)
    {
        if (depth > MaxDepth) throw new FormatException("its messages nest too deep");
        var first = _places.Count;
        var end = Gather(place.Start, place.Length);
        var chosen = first;
        for (var i = first; i < end; i++)
            if (message[_places[i].Field]?.Name == "schema" || message[_places[chosen].Field]?.Name != "schema") chosen = i;
        if (chosen == end || message[_places[chosen].Field] is not { } field) writer.WriteNullValue();
        else if (field.Shape == ProtobufShape.One) Value(field, _places[chosen], depth);
        else
        {
            writer.WriteStartArray();
            for (var i = first; i < end; i++)
                if (_places[i].Field == field.Number) Value(field, _places[i], depth);
            writer.WriteEndArray();
        }
        _places.RemoveRange(first, _places.Count - first);
    }

    private void Unknown(Place place)
    {
        // Go sends fields that are zero; of those nobody wants to hear.
        if (place.Length == 0 || place is { Length: -1, Number: 0 }) return;
        writer.WriteNull($"#{place.Field}");
    }

    private ReadOnlySpan<byte> Bytes(Place place) => body.Span.Slice(place.Start, place.Length);

    private static int LengthOf(ProtobufField field, Place place) =>
        place.Length >= 0 ? place.Length : throw new FormatException($"the field {field.Name} is not of its type");

    private static ProtobufMessage MessageOf(ProtobufField field) => ProtobufMessages.Known[field.MessageName!];

    /// <summary>A field on the wire: where its value is, or the value itself when it is a number (then the length is -1).</summary>
    private readonly record struct Place(int Field, int Start, int Length, ulong Number) : IComparable<Place>
    {
        public int CompareTo(Place other) => Field != other.Field ? Field.CompareTo(other.Field) : Start.CompareTo(other.Start);
    }
}
