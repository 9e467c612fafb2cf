using Kip.Rules.Cel.Types;

namespace Kip.Rules.Cel.Values;

/// <summary>What an expression comes to. Whether two are equal is for <see cref="CelEquality"/> to say.</summary>
public abstract record CelValue
{
    internal abstract CelType Type { get; }
}

/// <summary><c>null</c>.</summary>
public sealed record CelNull : CelValue
{
    public static readonly CelNull Instance = new();

    internal override CelType Type => CelType.Null;
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed record CelBool : CelValue
{
    public static readonly CelBool True = new(true);
    public static readonly CelBool False = new(false);

    private CelBool(bool value) => Value = value;

    public bool Value { get; }

    internal override CelType Type => CelType.Bool;

    public static CelBool Of(bool value) => value ? True : False;
}

/// <summary>A whole number of 64 bits with a sign.</summary>
public sealed record CelInt(long Value) : CelValue
{
    internal override CelType Type => CelType.Int;
}

/// <summary>A whole number of 64 bits without a sign, <c>1u</c>.</summary>
public sealed record CelUint(ulong Value) : CelValue
{
    internal override CelType Type => CelType.Uint;
}

/// <summary>A number in 64-bit floating point.</summary>
public sealed record CelDouble(double Value) : CelValue
{
    internal override CelType Type => CelType.Double;
}

/// <summary>A string.</summary>
public record CelText(string Value) : CelValue
{
    internal override CelType Type => CelType.Text;
}

/// <summary>A string of bytes, <c>b'...'</c>.</summary>
public sealed record CelBytes(ReadOnlyMemory<byte> Value) : CelValue
{
    internal override CelType Type => CelType.Bytes;
}

/// <summary>A moment, to a ten-millionth of a second.</summary>
public sealed record CelTimestamp(DateTimeOffset Value) : CelValue
{
    internal override CelType Type => CelType.Timestamp;
}

/// <inheritdoc cref="CelTimestamp"/>
public sealed record CelDuration(TimeSpan Value) : CelValue
{
    internal override CelType Type => CelType.Duration;
}

/// <summary>A type as a value: <c>type(1) == int</c>.</summary>
public sealed record CelTypeName(string Name) : CelValue
{
    internal override CelType Type => CelType.Type;
}

/// <summary>Something or nothing: <c>self.?field</c>.</summary>
/// <param name="Value">Null: nothing.</param>
public sealed record CelOptional(CelValue? Value) : CelValue
{
    public static readonly CelOptional None = new((CelValue?)null);

    private static readonly CelType Any = CelType.OptionalOf(CelType.Dyn);

    internal override CelType Type => Any;
}

/// <summary>Why there is no value. Passes through everything but conditions that are decided without it.</summary>
public sealed record CelError(string Message) : CelValue
{
    internal override CelType Type => CelType.Error;

    public static CelError NoSuchKey(string key) => new($"no such key: {key}");

    public static readonly CelError NoSuchOverload = new("no such overload");
    public static readonly CelError IntegerOverflow = new("integer overflow");
}
