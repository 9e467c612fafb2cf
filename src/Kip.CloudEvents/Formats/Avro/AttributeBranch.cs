namespace Kip.CloudEvents.Formats.Avro;

/// <summary>The branches of an attribute's union, in the schema's order.</summary>
internal static class AttributeBranch
{
    internal const long Null = 0;
    internal const long Boolean = 1;
    internal const long Int = 2;
    internal const long String = 3;
    internal const long Bytes = 4;
}
