using System.Globalization;
using Kip.Resources;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission;

/// <summary>Reads typed values out of one ConfigMap: a missing or empty key is the default, a wrong value is the default and an error.</summary>
internal sealed class ConfigReader(StringMap data)
{
    private readonly List<FieldError> _errors = [];

    public IReadOnlyList<FieldError> Errors => _errors;

    public string? Text(string key) => data.Get(key) is { Length: > 0 } text ? text : null;

    /// <summary>The first of several spellings of a key that is stated; the first of all when none is.</summary>
    public string First(params ReadOnlySpan<string> spellings)
    {
        foreach (var key in spellings)
            if (Text(key) is not null) return key;
        return spellings[0];
    }

    public long Whole(string key, long byDefault, long min, long max)
    {
        if (Text(key) is not { } text) return byDefault;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            return Wrong(key, $"\"{text}\" is not a whole number", byDefault);
        return value < min || value > max ? Wrong(key, $"expected {min} <= {value} <= {max}", byDefault) : value;
    }

    public int Count(string key, int byDefault) => (int)Whole(key, byDefault, 0, int.MaxValue);

    /// <summary>True and false in the spellings that Go's ParseBool knows.</summary>
    public bool Flag(string key, bool byDefault) => Text(key) is not { } text ? byDefault
        : GoBool.Parse(text) ?? Wrong(key, $"\"{text}\" is neither true nor false", byDefault);

    public double Number(string key, double byDefault, double min, double max)
    {
        var value = Number(key, byDefault);
        return value < min || value > max ? Wrong(key, FormattableString.Invariant($"expected {min} <= {value} <= {max}"), byDefault) : value;
    }

    public double Number(string key, double byDefault)
    {
        if (Text(key) is not { } text) return byDefault;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : Wrong(key, $"\"{text}\" is not a number", byDefault);
    }

    public TimeSpan PositiveDuration(string key, TimeSpan byDefault)
    {
        var value = Duration(key, byDefault);
        return value <= TimeSpan.Zero ? Wrong(key, $"{key} cannot be a non-positive duration, was {Text(key)}", byDefault) : value;
    }

    public TimeSpan Duration(string key, TimeSpan byDefault)
    {
        if (Text(key) is not { } text) return byDefault;
        return GoDuration.TryParse(text, out var value) ? value : Wrong(key, $"\"{text}\" is not a duration such as 10s or 1m30s", byDefault);
    }

    public string OneOf(string key, string byDefault, params ReadOnlySpan<string> choices)
    {
        if (Text(key) is not { } text) return byDefault;
        foreach (var choice in choices)
            if (choice.Equals(text, StringComparison.OrdinalIgnoreCase)) return choice;
        return Wrong(key, $"\"{text}\" is not one of {string.Join(", ", choices.ToArray())}", byDefault);
    }

    /// <summary>A quantity of Kubernetes' as it is written; null where none is stated, or a wrong one.</summary>
    public string? QuantityText(string key)
    {
        if (Text(key) is not { } text) return null;
        return Quantity.IsValid(text) ? text : Wrong<string?>(key, $"\"{text}\" is not a quantity such as 500m or 128Mi", null);
    }

    /// <summary>Notes an error about a key whose value breaks a rule, unless one is noted already.</summary>
    public void Require(bool holds, string key, string rule)
    {
        if (holds || _errors.Exists(e => e.Field == FieldOf(key))) return;
        Wrong(key, $"invalid value: {Text(key) ?? "(default)"}, {rule}", instead: false);
    }

    /// <summary>Notes an error about a key and hands back the value to go on with.</summary>
    public T Wrong<T>(string key, string message, T instead)
    {
        _errors.Add(new FieldError(FieldOf(key), "FieldValueInvalid", message));
        return instead;
    }

    private static string FieldOf(string key) => $"data[{key}]";
}
