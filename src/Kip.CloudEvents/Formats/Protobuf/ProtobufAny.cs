namespace Kip.CloudEvents.Formats.Protobuf;

/// <summary><c>google.protobuf.Any</c>: a message's type and its bytes.</summary>
internal static class ProtobufAny
{
    private const int TypeUrl = 1;
    private const int Value = 2;

    /// <summary>The message's bytes; empty when there are none.</summary>
    internal static ReadOnlyMemory<byte> ValueOf(ReadOnlyMemory<byte> any)
    {
        var value = default(ReadOnlyMemory<byte>);
        var reader = new ProtobufReader(any);
        while (reader.Next())
        {
            if (reader.Field == Value) value = reader.Content();
        }
        return value;
    }

    internal static bool IsValid(ReadOnlyMemory<byte> any)
    {
        var reader = new ProtobufReader(any);
        while (reader.Next())
        {
            if (reader.Field == TypeUrl) reader.Text();
            else if (reader.Field == Value) reader.Content();
        }
        return !reader.Malformed;
    }
}
