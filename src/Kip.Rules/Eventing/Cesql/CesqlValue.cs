using System.Globalization;

namespace Kip.Rules.Eventing.Cesql;

/// <summary>A value of an expression: a Boolean, an Integer of 32 bits, or a String.</summary>
public readonly record struct CesqlValue
{
    private readonly string? _text;
    private readonly int _number;

    private CesqlValue(CesqlType type, int number, string? text, bool isNone = false) =>
        (Type, _number, _text, IsNone) = (type, number, text, isNone);

    public CesqlType Type { get; }

    /// <summary>
    /// Whether there is no value: the attribute is missing, or a cast failed. The operator that meets it yields its zero value.
    /// </summary>
    internal bool IsNone { get; }

    internal static CesqlValue None { get; } = new(CesqlType.Boolean, 0, null, isNone: true);

    public bool AsBoolean => _number != 0;

    public int AsInteger => _number;

    public string AsString => _text ?? "";

    public static CesqlValue Of(bool value) => new(CesqlType.Boolean, value ? 1 : 0, null);

    public static CesqlValue Of(int value) => new(CesqlType.Integer, value, null);

    public static CesqlValue Of(string value) => new(CesqlType.String, 0, value);

    /// <summary>The zero value of a type: false, 0, or the empty text.</summary>
    public static CesqlValue Zero(CesqlType type) => new(type, 0, type == CesqlType.String ? "" : null);

    /// <summary>The value as one of another type; false when there is none. What it is then is that type's zero value.</summary>
    public bool TryCast(CesqlType type, out CesqlValue cast)
    {
        cast = this;
        if (Type == type) return true;
        switch (type)
        {
            case CesqlType.String:
                cast = Of(Type == CesqlType.Boolean ? (AsBoolean ? "true" : "false") : _number.ToString(CultureInfo.InvariantCulture));
                return true;
            case CesqlType.Integer when Type == CesqlType.Boolean:
                cast = Of(_number);
                return true;
            case CesqlType.Integer:
                var isNumber = TryParseInteger(_text, out var number);
                cast = Of(isNumber ? number : 0);
                return isNumber;
            case CesqlType.Boolean when Type == CesqlType.Integer:
                cast = Of(_number != 0);
                return true;
            default:
                var isTrue = string.Equals(_text, "true", StringComparison.OrdinalIgnoreCase);
                cast = Of(isTrue);
                return isTrue || string.Equals(_text, "false", StringComparison.OrdinalIgnoreCase);
        }
    }

    public override string ToString() => TryCast(CesqlType.String, out var text) ? text.AsString : "";

    internal static bool TryParseInteger(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
