namespace Kip.CloudEvents.Formats.Avro;

/// <summary>The branches of the data's union, in the schema's order.</summary>
internal static class DataBranch
{
    internal const long Bytes = 0;
    internal const long Null = 1;
    internal const long Boolean = 2;
    internal const long Map = 3;
    internal const long Array = 4;
    internal const long Double = 5;
    internal const long String = 6;
}
