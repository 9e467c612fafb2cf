using Kip.Resources.Core;

namespace Kip.Runtime.Probes;

/// <summary>Asks one probe's question again and again and tells when the verdict changes.</summary>
/// <param name="prober">Asks.</param>
/// <param name="time">Times the waits.</param>
public sealed class ProbeLoop(Prober prober, TimeProvider time)
{
    /// <summary>Told of each answer by HTTP, and how long it took; must not wait.</summary>
    public Action<ProbeTarget, HttpGetAction, ProbeAnswer, TimeSpan>? Heard { get; init; }

    /// <summary>Asks ports of this machine that are to accept and nothing more. Null: they are asked as others are.</summary>
    internal PortWatch? Ports { get; init; }

    /// <summary>What is known of how long programs take to come up. Null: nothing.</summary>
    internal StartTimes? Times { get; init; }

    /// <summary>Runs until cancelled; for a startup probe, until its verdict.</summary>
    /// <param name="kind">What the probe is for.</param>
    /// <param name="probe">The question.</param>
    /// <param name="target">Whom it is asked.</param>
    /// <param name="tell">Called with each new verdict, and why.</param>
    /// <param name="cancel">Ends the loop.</param>
    public async Task RunAsync(ProbeKind kind, Probe probe, ProbeTarget target, Action<ProbeAnswer> tell, CancellationToken cancel)
    {
        var settings = ProbeSettings.Of(probe);
        try
        {
            if (settings.InitialDelay > TimeSpan.Zero) await Task.Delay(settings.InitialDelay, time, cancel);
            await AskOnAsync(kind, probe, settings, target, tell, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The container has ended, or the pod is leaving.
        }
    }

    private async Task AskOnAsync(
        ProbeKind kind, Probe probe, ProbeSettings settings, ProbeTarget target, Action<ProbeAnswer> tell, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var judge = new ProbeJudge();
        var comingUp = kind != ProbeKind.Liveness;
        var first = comingUp && Prober.PortOnly(probe, target) is { } port
            ? await UntilItAcceptsAsync(kind, port, settings, target.Container.Image, cancel)
            : null;
        while (true)
        {
            var asked = time.GetTimestamp();
            var answer = first
                ?? (kind == ProbeKind.Readiness ? await prober.AskReadinessAsync(probe, target, cancel) : await prober.AskAsync(probe, target, cancel));
            first = null;
            // A verdict that comes too late for its container must not be told.
            cancel.ThrowIfCancellationRequested();
            if (answer.Code is not null && probe.HttpGet is { } get) Heard?.Invoke(target, get, answer, time.GetElapsedTime(asked));
            var elapsed = time.GetElapsedTime(began);
            var next = judge.Next(answer.Success, settings);
            // While it comes up it is asked far more often than once per period, so failures are counted by time, not by number.
            if (comingUp && !answer.Success)
                next = kind == ProbeKind.Startup && ProbeSchedule.HasFailedToStart(settings, elapsed) ? new ProbeJudge(false, 0) : new ProbeJudge();
            if (next.Verdict != judge.Verdict) tell(answer with { Success = next.Verdict == true });
            if (kind == ProbeKind.Startup && next.Verdict is not null) return;
            judge = next;
            comingUp &= judge.Verdict != true;
            await Task.Delay(ProbeSchedule.Wait(settings, comingUp, elapsed, probe.Exec is not null), time, cancel);
        }
    }

    // Nearly all that is ever asked. Null: go on in the usual way.
    private async Task<ProbeAnswer?> UntilItAcceptsAsync(
        ProbeKind kind, LoopbackPort port, ProbeSettings settings, string image, CancellationToken cancel)
    {
        if (Ports is null) return null;
        var expected = Times?.Of(image);
        var accepts = await Ports.UntilItAcceptsAsync(
            port.Accepts,
            elapsed => kind == ProbeKind.Startup && ProbeSchedule.HasFailedToStart(settings, elapsed)
                ? null
                : ProbeSchedule.Wait(settings, comingUp: true, elapsed, startsProgram: false, expected),
            took => Times?.Learn(image, took), cancel);
        return accepts ? ProbeAnswer.Ok : null;
    }
}
