using System.Text;
using Kip.Brokers.Records;
using Kip.CloudEvents;

namespace Kip.Brokers.Http.Plain;

/// <summary>The lines of a record that is being made: first counted, then written to their place.</summary>
internal ref struct PlainLines
{
    private Span<byte> _types;
    private Span<byte> _rest;

    public int Lines { get; private set; }

    public int Bytes { get; private set; }

    /// <summary>Bytes of a line <c>name: value CR LF</c>.</summary>
    public static int BytesOf(string name, int valueLength) => name.Length + valueLength + 4;

    /// <summary>There will be such a line.</summary>
    public void Count(string name, int valueLength)
    {
        Lines++;
        Bytes += BytesOf(name, valueLength);
    }

    /// <summary>What has been counted is written now.</summary>
    public void Begin(Span<byte> record, int linesAt)
    {
        _types = record[RecordHead.FixedBytes..linesAt];
        _rest = record[linesAt..];
    }

    /// <param name="type">Of an attribute; null for a header.</param>
    public void Write(string name, scoped ReadOnlySpan<byte> value, CloudEventType? type)
    {
        Name(name, type);
        value.CopyTo(_rest);
        End(value.Length);
    }

    /// <inheritdoc cref="Write(string, ReadOnlySpan{byte}, CloudEventType?)"/>
    public void Write(string name, string value, CloudEventType? type)
    {
        Name(name, type);
        End(Encoding.Latin1.GetBytes(value, _rest));
    }

    private void Name(string name, CloudEventType? type)
    {
        if (type is { } known)
        {
            _types[0] = (byte)known;
            _types = _types[1..];
        }
        _rest = _rest[Encoding.Latin1.GetBytes(name, _rest)..];
        (_rest[0], _rest[1]) = ((byte)':', (byte)' ');
        _rest = _rest[2..];
    }

    private void End(int valueLength)
    {
        (_rest[valueLength], _rest[valueLength + 1]) = ((byte)'\r', (byte)'\n');
        _rest = _rest[(valueLength + 2)..];
    }
}
