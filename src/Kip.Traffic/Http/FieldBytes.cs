using System.Buffers;

namespace Kip.Traffic.Http;

/// <summary>Which bytes a header may have (RFC 9110 section 5).</summary>
internal static class FieldBytes
{
    /// <summary>Those of a name.</summary>
    public static readonly SearchValues<byte> Name = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Those that no value has: a reader could take them for the end of the line.</summary>
    public static readonly SearchValues<byte> Control = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(static b => b != '\t').Select(static b => (byte)b), 127]);
}
