namespace Kip.Host.Events;

/// <summary>The way of an event as lines: what happened, how long after it was received, and to whom.</summary>
internal static class TraceText
{
    public static IEnumerable<string> Lines(EventTrace trace)
    {
        if (trace.Steps.Count == 0) yield break;
        var begin = trace.Steps.Min(static s => s.Time);
        foreach (var step in trace.Steps.OrderBy(static s => s.Time))
        {
            yield return $"{After(step.Time - begin),12}  {Describe(step)}";
        }
        if (!trace.Complete) yield return "The steps after it was received are not remembered any more.";
    }

    private static string Describe(TraceStepShown step)
    {
        var subscription = step.Subscription is { } name ? $"{name.Namespace}/{name.Name}" : "";
        return step.Step switch
        {
            "received" =>
                $"received by {step.Kind.TrimEnd('s')} {step.Namespace}/{step.Topic} at offset {step.Offset}: {step.EventType} from {step.EventSource}",
            "matched" => $"{subscription}: matched",
            "attempt" => $"{subscription}: attempt {step.Attempt} to {step.Destination} ({step.Stage}): {Outcome(step)}",
            "stored" => $"{subscription}: kept as dead letter, {Last(step)}; see: kip events dlq list {step.Subscription?.Name}",
            var other => $"{subscription}: {other}",
        };
    }

    private static string Last(TraceStepShown step) => step.Status is > 0 ? $"last status {step.Status}" : "no answer at the last attempt";

    private static string Outcome(TraceStepShown step)
    {
        var status = step.Status is > 0 ? $"{step.Status}" : "no answer";
        var reply = step.ReplyId is null ? "" : $", reply {step.ReplyId}";
        return $"{status} in {step.Milliseconds:0.0} ms{reply}";
    }

    private static string After(TimeSpan time) =>
        time < TimeSpan.FromSeconds(10) ? $"+{time.TotalMilliseconds:0.0} ms" : $"+{time.TotalSeconds:0.0} s";
}
