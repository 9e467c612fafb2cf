using Kip.Resources;
using Kip.Rules.Admission;
using Kip.Rules.Scaling;

namespace Kip.Rules.Serving.Configs;

/// <summary>How long Revisions that nothing refers to are kept: the ConfigMap <c>config-gc</c>.</summary>
/// <remarks>Null stands for the word <c>disabled</c>: that limit deletes nothing.</remarks>
public sealed record GarbageCollectionConfig
{
    public const string MapName = "config-gc";

    public static readonly GarbageCollectionConfig Default = new();

    /// <value>48 hours.</value>
    public TimeSpan? RetainSinceCreateTime { get; init; } = TimeSpan.FromHours(48);

    /// <value>15 hours.</value>
    public TimeSpan? RetainSinceLastActiveTime { get; init; } = TimeSpan.FromHours(15);

    /// <value>20.</value>
    public int MinNonActiveRevisions { get; init; } = 20;

    /// <value>1000.</value>
    public int? MaxNonActiveRevisions { get; init; } = 1000;

    /// <summary>Whether nothing is ever deleted.</summary>
    public bool IsDisabled => RetainSinceCreateTime is null && RetainSinceLastActiveTime is null && MaxNonActiveRevisions is null;

    /// <summary>Reads the ConfigMap's data. A wrong value is left at its default and named in the errors.</summary>
    public static GarbageCollectionConfig Parse(StringMap data, out IReadOnlyList<FieldError> errors)
    {
        if (data.IsEmpty)
        {
            errors = [];
            return Default;
        }
        var read = new ConfigReader(data);
        var min = (int)read.Whole("min-non-active-revisions", Default.MinNonActiveRevisions, 0, int.MaxValue);
        int? max = IsDisabledWord(read, "max-non-active-revisions")
            ? null
            : (int)read.Whole("max-non-active-revisions", Default.MaxNonActiveRevisions!.Value, 0, int.MaxValue);
        if (max < min)
            max = read.Wrong("max-non-active-revisions",
                $"min-non-active-revisions({min}) must be <= max-non-active-revisions({max})", (int?)Math.Max(min, 1000));
        var config = new GarbageCollectionConfig
        {
            RetainSinceCreateTime = Duration(read, "retain-since-create-time", Default.RetainSinceCreateTime),
            RetainSinceLastActiveTime = Duration(read, "retain-since-last-active-time", Default.RetainSinceLastActiveTime),
            MinNonActiveRevisions = min,
            MaxNonActiveRevisions = max,
        };
        errors = read.Errors;
        return config;
    }

    private static TimeSpan? Duration(ConfigReader read, string key, TimeSpan? byDefault)
    {
        if (read.Text(key) is not { } text) return byDefault;
        if (IsDisabledWord(read, key)) return null;
        if (!GoDuration.TryParse(text, out var value)) return read.Wrong(key, $"\"{text}\" is neither a duration such as 48h nor disabled", byDefault);
        return value < TimeSpan.Zero ? read.Wrong(key, $"{key} must be non-negative, was {text}", byDefault) : value;
    }

    private static bool IsDisabledWord(ConfigReader read, string key) =>
        read.Text(key) is { } text && text.Equals("disabled", StringComparison.OrdinalIgnoreCase);
}
