using System.Globalization;

namespace Kip.Rules.Scaling;

/// <summary>One decision about a revision and everything it was made from, so that it can be explained and repeated.</summary>
public sealed record ScaleDecision
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>The numbers in force, among them the target per pod.</summary>
    public required DeciderSpec Spec { get; init; }
    public required PodCounts Pods { get; init; }

    /// <summary>Averages of <see cref="DeciderSpec.Metric"/> over the two windows.</summary>
    public double Stable { get; init; }
    public double Panic { get; init; }

    /// <summary>Pods the load calls for, before the scale-down delay.</summary>
    public required int DesiredByLoad { get; init; }

    /// <summary>Pods wanted. Bounds, initial scale and scaling to zero are applied when it is carried out.</summary>
    public required int Desired { get; init; }
    public int ExcessBurstCapacity { get; init; }
    public PanicState PanicState { get; init; }

    public bool IsPanicking => PanicState.Since is not null;

    /// <summary>Why this many, in a sentence for a person.</summary>
    public string Reason
    {
        get
        {
            if (Desired > DesiredByLoad)
                return $"the load calls for {DesiredByLoad}, but {Desired} were wanted within the scale-down delay of {Spec.ScaleDownDelay.TotalSeconds} s";
            if (IsPanicking) return ReasonInPanic();
            var wanted = Math.Ceiling(Stable / Spec.Target);
            if (wanted <= 0 && Desired == 0) return "no requests over the stable window";
            var why = string.Create(
                CultureInfo.InvariantCulture, $"{Unit} averaged {Stable:0.##} over the stable window, at a target of {Spec.Target:0.##} per pod");
            if (Desired > wanted && Spec.ActivationScale == Desired) return $"{why}; the activation scale asks for {Desired}";
            if (Desired > wanted) return $"{why}; pods go down by at most a factor of {Spec.MaxScaleDownRate} at a time";
            return Desired < wanted ? $"{why}; pods go up by at most a factor of {Spec.MaxScaleUpRate} at a time" : why;
        }
    }

    private string Unit => Spec.Metric == ScalingMetric.Concurrency ? "concurrency" : "requests per second";

    private string ReasonInPanic()
    {
        var wanted = Math.Ceiling(Panic / Spec.Target);
        return wanted >= Desired
            ? string.Create(
                CultureInfo.InvariantCulture, $"panic: {Unit} averaged {Panic:0.##} over the panic window, at a target of {Spec.Target:0.##} per pod")
            : $"panic: pods do not go down until the load has been normal for {Spec.StableWindow.TotalSeconds} s";
    }
}
