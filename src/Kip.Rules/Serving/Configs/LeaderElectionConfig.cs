using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.Rules.Serving.Configs;

/// <summary>How several copies of a controller share the work: the ConfigMap <c>config-leader-election</c>. One platform has one copy.</summary>
public static class LeaderElectionConfig
{
    public const string MapName = "config-leader-election";

    /// <summary>What is wrong with the ConfigMap's data.</summary>
    public static IReadOnlyList<FieldError> Validate(StringMap data)
    {
        var read = new ConfigReader(data);
        var lease = read.PositiveDuration("lease-duration", TimeSpan.FromSeconds(60));
        var renew = read.PositiveDuration("renew-deadline", TimeSpan.FromSeconds(40));
        var retry = read.PositiveDuration("retry-period", TimeSpan.FromSeconds(10));
        read.Whole("buckets", 1, 1, 10);
        if (read.Errors.Count == 0 && !(lease > renew && renew > retry))
            read.Wrong("lease-duration", "lease-duration must be longer than renew-deadline, and that longer than retry-period", 0);
        return read.Errors;
    }
}
