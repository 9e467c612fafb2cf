namespace Kip.Rules.Scaling;

/// <summary>What is known about one revision's load when a decision is made.</summary>
/// <param name="Now">The time of the decision.</param>
/// <param name="ReadyPods">Pods that are ready and not ending.</param>
/// <param name="Stable">The metric's average over the stable window.</param>
/// <param name="Panic">The metric's average over the panic window.</param>
public readonly record struct LoadView(DateTimeOffset Now, int ReadyPods, double Stable, double Panic);

/// <summary>Whether a revision is in panic: since when, and the most pods wanted meanwhile, below which it will not go.</summary>
public readonly record struct PanicState(DateTimeOffset? Since, int MaxPods)
{
    public static readonly PanicState Calm;

    /// <summary>
    /// The state of a revision that is seen for the first time. With pods ready it was busy before the platform's restart,
    /// so it is held there until there is history.
    /// </summary>
    /// <remarks>
    /// Upstream does so for more than one pod, and holds a single one for want of data. Here silence means no requests, so a single pod is
    /// held the same way as several.
    /// </remarks>
    public static PanicState AtStart(DateTimeOffset now, int readyPods) => readyPods > 0 ? new(now, readyPods) : Calm;
}

/// <summary>How many pods the load calls for (Knative's KPA). Bounds, initial scale and scaling to zero come after.</summary>
/// <param name="Desired">Pods that the load calls for.</param>
/// <param name="ExcessBurstCapacity">Requests that could come at once beyond the present ones; negative: too few pods for the burst wanted.</param>
/// <param name="Panic">The panic state that the next decision starts from.</param>
public readonly record struct LoadDecision(int Desired, int ExcessBurstCapacity, PanicState Panic);

/// <summary>The KPA's decision as a function.</summary>
public static class Autoscaler
{
    /// <summary>Decides for one revision. Same inputs, same result.</summary>
    public static LoadDecision Decide(DeciderSpec spec, PanicState panic, LoadView seen)
    {
        var ready = Math.Max(1, seen.ReadyPods);
        var mostUp = Math.Ceiling(spec.MaxScaleUpRate * ready);
        // What no route leads to need not go down step by step.
        var leastDown = spec.Reachable ? Math.Floor(ready / spec.MaxScaleDownRate) : 0;

        var forStable = Math.Ceiling(seen.Stable / spec.Target);
        var forPanic = Math.Ceiling(seen.Panic / spec.Target);
        var desired = Step(forStable, leastDown, mostUp, spec.ActivationScale);
        var desiredInPanic = Step(forPanic, leastDown, mostUp, spec.ActivationScale);

        var isOver = forPanic / ready >= spec.PanicThreshold;
        panic = Advance(panic, isOver, seen.Now, spec.StableWindow);
        if (panic.Since is not null)
        {
            // The stable window may ask for more than the panic window does; and in panic the number only grows.
            panic = panic with { MaxPods = Math.Max(panic.MaxPods, Math.Max(desired, desiredInPanic)) };
            desired = panic.MaxPods;
        }
        return new(desired, ExcessBurstCapacity(spec, seen.ReadyPods, seen.Panic), panic);
    }

    /// <summary>What could come at once beyond the present load, before the burst capacity wanted is touched; -1 when it is unlimited.</summary>
    public static int ExcessBurstCapacity(DeciderSpec spec, int readyPods, double panicValue) => spec.TargetBurstCapacity switch
    {
        0 => 0,
        > 0 => ToCount(Math.Floor((readyPods * spec.Total) - spec.TargetBurstCapacity - panicValue)),
        _ => -1,
    };

    private static int Step(double wanted, double leastDown, double mostUp, int activationScale)
    {
        var step = Math.Min(Math.Max(wanted, leastDown), mostUp);
        if (activationScale > 1 && wanted > 0) step = Math.Max(step, activationScale);
        return ToCount(step);
    }

    private static PanicState Advance(PanicState panic, bool isOver, DateTimeOffset now, TimeSpan stableWindow)
    {
        if (isOver) return panic with { Since = now };
        return panic.Since is { } since && since + stableWindow < now ? PanicState.Calm : panic;
    }

    private static int ToCount(double number) => (int)Math.Clamp(number, int.MinValue, int.MaxValue);
}
