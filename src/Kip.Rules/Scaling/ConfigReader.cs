using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.Rules.Scaling;

/// <summary>Reads typed values from a ConfigMap's data and collects what is wrong.</summary>
internal sealed class ConfigReader(StringMap data)
{
    private readonly List<FieldError> _errors = [];

    public IReadOnlyList<FieldError> Errors => _errors;

    public string Text(string key, string missing) => data.TryGetValue(key, out var text) ? text.Trim() : missing;

    public double Number(string key, double missing) => Read(key, missing, "a number",
        static text => AutoscalingAnnotations.TryNumber(text, out var number) ? number : null);

    public int Count(string key, int missing) => Read(key, missing, "a whole number",
        static text => AutoscalingAnnotations.TryCount(text, out var count) ? count : null);

    public TimeSpan Duration(string key, TimeSpan missing) => Read(key, missing, "a duration such as 30s or 1m30s",
        static text => GoDuration.TryParse(text, out var duration) ? duration : null);

    /// <summary>True and false in the spellings that Go's ParseBool knows.</summary>
    public bool Flag(string key, bool missing) => Read<bool>(key, missing, "true or false", static text => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    });

    public void Require(bool holds, string key, string rule)
    {
        if (holds || _errors.Exists(e => e.Field == $"data.{key}")) return;
        _errors.Add(new($"data.{key}", "FieldValueInvalid", $"invalid value: {data.Get(key) ?? "(default)"}, {rule}"));
    }

    private T Read<T>(string key, T missing, string wanted, Func<string, T?> parse) where T : struct
    {
        if (!data.TryGetValue(key, out var text)) return missing;
        if (parse(text.Trim()) is { } value) return value;
        _errors.Add(new($"data.{key}", "FieldValueInvalid", $"invalid value: {text}, expected {wanted}"));
        return missing;
    }
}
