using Kip.Resources;

namespace Kip.Rules.Serving.Why;

/// <summary>Answers why a service is as it is: one causal chain from condition over event and log to the setting that decides, and the fix.</summary>
public static class Diagnostician
{
    /// <summary>Explains. Same inputs, same answer.</summary>
    public static Diagnosis Explain(WhyView seen, WhyQuestion question) => question switch
    {
        WhyQuestion.NotReady => NotReadyCause.Explain(seen),
        WhyQuestion.Unavailable => UnavailableCause.Explain(seen),
        WhyQuestion.Slow => SlowCause.Explain(seen),
        WhyQuestion.ScaleUp => ScaleUpCause.Explain(seen),
        WhyQuestion.ScaleToZero => ScaleToZeroCause.Explain(seen),
        _ => Anything(seen),
    };

    private static Diagnosis Anything(WhyView seen)
    {
        if (!seen.Service.Status.Conditions.IsTrue("Ready")) return NotReadyCause.Explain(seen);
        var unavailable = UnavailableCause.Explain(seen);
        if (unavailable.IsTrouble) return unavailable;
        var up = ScaleUpCause.Explain(seen);
        return up.IsTrouble ? up : ScaleToZeroCause.Explain(seen);
    }
}
