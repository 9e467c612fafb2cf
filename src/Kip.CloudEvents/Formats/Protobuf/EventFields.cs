namespace Kip.CloudEvents.Formats.Protobuf;

/// <summary>The numbers of the fields, as <c>cloudevents.proto</c> gives them.</summary>
internal static class EventFields
{
    internal const int Id = 1;
    internal const int Source = 2;
    internal const int SpecVersion = 3;
    internal const int Type = 4;
    internal const int Attributes = 5;
    internal const int BinaryData = 6;
    internal const int TextData = 7;
    internal const int ProtoData = 8;

    internal const int EntryKey = 1;
    internal const int EntryValue = 2;

    internal const int Boolean = 1;
    internal const int Integer = 2;
    internal const int String = 3;
    internal const int Bytes = 4;
    internal const int Uri = 5;
    internal const int UriReference = 6;
    internal const int Timestamp = 7;

    internal const int Seconds = 1;
    internal const int Nanos = 2;

    internal const int BatchEvents = 1;
}
