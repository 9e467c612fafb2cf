namespace Kip.Rules.Eventing.Cesql;

/// <summary>CESQL's own functions (section 3.5).</summary>
internal static class BuiltInFunctions
{
    private const CesqlType String = CesqlType.String;
    private const CesqlType Integer = CesqlType.Integer;
    private const CesqlType Boolean = CesqlType.Boolean;

    internal static IReadOnlyList<CesqlFunction> All { get; } =
    [
        Cast("INT", Integer),
        Cast("BOOL", Boolean),
        Cast("STRING", String),
        new("IS_INT", [null], Boolean, Simple(a => CesqlValue.Of(a[0].TryCast(Integer, out _)))),
        new("IS_BOOL", [null], Boolean, Simple(a => CesqlValue.Of(a[0].TryCast(Boolean, out _)))),
        new("LENGTH", [String], Integer, Simple(a => CesqlValue.Of(Characters.Count(a[0].AsString)))),
        new("CONCAT", [], String, Simple(a => CesqlValue.Of(Join("", a)))) { Rest = String },
        new("CONCAT_WS", [String], String, Simple(a => CesqlValue.Of(Join(a[0].AsString, a[1..])))) { Rest = String },
        new("LOWER", [String], String, Simple(a => CesqlValue.Of(a[0].AsString.ToLowerInvariant()))),
        new("UPPER", [String], String, Simple(a => CesqlValue.Of(a[0].AsString.ToUpperInvariant()))),
        new("TRIM", [String], String, Simple(a => CesqlValue.Of(a[0].AsString.Trim()))),
        new("LEFT", [String, Integer], String, Left),
        new("RIGHT", [String, Integer], String, Right),
        new("SUBSTRING", [String, Integer], String, Substring),
        new("SUBSTRING", [String, Integer, Integer], String, Substring),
        new("ABS", [Integer], Integer, Abs),
    ];

    private delegate CesqlValue SimpleBody(ReadOnlySpan<CesqlValue> arguments);

    private static CesqlFunctionBody Simple(SimpleBody body) => (ReadOnlySpan<CesqlValue> arguments, out CesqlFailure? failure) =>
    {
        failure = null;
        return body(arguments);
    };

    private static CesqlFunction Cast(string name, CesqlType type)
    {
        return new(name, [null], type, Body);

        CesqlValue Body(ReadOnlySpan<CesqlValue> arguments, out CesqlFailure? failure)
        {
            failure = arguments[0].TryCast(type, out var value) ? null : new(CesqlErrorKind.Cast, $"\"{arguments[0]}\" cannot be cast");
            return value;
        }
    }

    private static string Join(string delimiter, ReadOnlySpan<CesqlValue> values)
    {
        var texts = new string[values.Length];
        for (var i = 0; i < texts.Length; i++) texts[i] = values[i].AsString;
        return string.Join(delimiter, texts);
    }

    private static CesqlValue Left(ReadOnlySpan<CesqlValue> arguments, out CesqlFailure? failure)
    {
        var (text, count) = (arguments[0].AsString, arguments[1].AsInteger);
        failure = count >= 0 ? null : Negative();
        return CesqlValue.Of(count < 0 ? text : text[..Characters.IndexOf(text, count)]);
    }

    private static CesqlValue Right(ReadOnlySpan<CesqlValue> arguments, out CesqlFailure? failure)
    {
        var (text, count) = (arguments[0].AsString, arguments[1].AsInteger);
        failure = count >= 0 ? null : Negative();
        var length = Characters.Count(text);
        return CesqlValue.Of(count < 0 || count >= length ? text : text[Characters.IndexOf(text, length - count)..]);
    }

    private static CesqlValue Substring(ReadOnlySpan<CesqlValue> arguments, out CesqlFailure? failure)
    {
        var (text, position) = (arguments[0].AsString, arguments[1].AsInteger);
        var length = Characters.Count(text);
        var count = arguments.Length == 3 ? arguments[2].AsInteger : int.MaxValue;
        failure = count < 0 ? Negative()
            : Math.Abs((long)position) > length ? new(CesqlErrorKind.FunctionEvaluation, $"position {position} is outside the text of {length} character(s)")
            : null;
        if (failure is not null || position == 0) return CesqlValue.Of("");
        var first = position > 0 ? position - 1 : length + position;
        var start = Characters.IndexOf(text, first);
        var rest = text[start..];
        return CesqlValue.Of(rest[..Characters.IndexOf(rest, count)]);
    }

    private static CesqlValue Abs(ReadOnlySpan<CesqlValue> arguments, out CesqlFailure? failure)
    {
        var number = arguments[0].AsInteger;
        failure = number == int.MinValue ? new(CesqlErrorKind.Math, "the result is too large for an Integer") : null;
        return CesqlValue.Of(number == int.MinValue ? int.MaxValue : Math.Abs(number));
    }

    private static CesqlFailure Negative() => new(CesqlErrorKind.FunctionEvaluation, "the length must not be negative");
}
