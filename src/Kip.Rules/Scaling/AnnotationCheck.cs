using System.Globalization;
using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.Rules.Scaling;

/// <summary>Reads annotations one by one and collects what is wrong with them.</summary>
internal sealed class AnnotationCheck(StringMap annotations, string path)
{
    private readonly List<FieldError> _errors = [];

    public StringMap Annotations => annotations;

    public IReadOnlyList<FieldError> Errors => _errors;

    public (string Key, string Value)? Find(AnnotationKey key) => key.Find(annotations);

    /// <summary>The whole number an annotation holds; null when it is absent or wrong (which is noted).</summary>
    public int? Count(AnnotationKey key, int least)
    {
        if (Find(key) is not { } found) return null;
        if (!AutoscalingAnnotations.TryCount(found.Value, out var count))
        {
            Invalid(found.Key, found.Value);
            return null;
        }
        if (count >= least) return count;
        OutOfBounds(key, least.ToString(CultureInfo.InvariantCulture), int.MaxValue.ToString(CultureInfo.InvariantCulture));
        return null;
    }

    /// <param name="tooSmall">What to say of a value below <paramref name="least"/>; null: that it is out of bounds.</param>
    public void Number(AnnotationKey key, double least, double most, Func<string, string>? tooSmall = null)
    {
        if (Find(key) is not { } found) return;
        if (!AutoscalingAnnotations.TryNumber(found.Value, out var number)) Invalid(found.Key, found.Value);
        else if (number < least && tooSmall is not null) Wrong(key, tooSmall(found.Value));
        else if (number < least || number > most) OutOfBounds(key, Plain(least), Plain(most));
    }

    public void Duration(AnnotationKey key, TimeSpan least, TimeSpan most, bool wholeSeconds)
    {
        if (Find(key) is not { } found) return;
        if (!GoDuration.TryParse(found.Value, out var duration)) Invalid(found.Key, found.Value);
        else if (duration < least || duration > most) OutOfBounds(key, GoDuration.Format(least), GoDuration.Format(most));
        else if (wholeSeconds && duration.Ticks % TimeSpan.TicksPerSecond != 0) Wrong(key, "must be specified with at most second precision");
    }

    public void Invalid(string key, string value) => Add(key, $"invalid value: {value}");

    public void OutOfBounds(AnnotationKey key, string least, string most)
    {
        var (name, value) = Find(key)!.Value;
        Add(name, $"expected {least} <= {value} <= {most}");
    }

    public void Wrong(AnnotationKey key, string message) => Add(Find(key)?.Key ?? key.Name, message);

    /// <summary>What is wrong with two of them together; named as they are spelled today, wherever the values come from.</summary>
    public void Wrong(AnnotationKey key, AnnotationKey other, string message) =>
        _errors.Add(new($"{path}.{key.Name}, {path}.{other.Name}", "FieldValueInvalid", message));

    private void Add(string key, string message) => _errors.Add(new($"{path}.{key}", "FieldValueInvalid", message));

    private static string Plain(double number) => number.ToString(CultureInfo.InvariantCulture);
}
