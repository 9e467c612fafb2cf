using System.Globalization;
using Kip.Resources.Core;

namespace Kip.Traffic.Activation;

/// <summary>When one request passed each stage of a cold start, in timestamps of the gateway's clock; 0 for a stage it did not have.</summary>
/// <remarks>
/// A request with the header <c>Kip-Trace: 1</c> gets the stages in the response as <c>Server-Timing</c>, in milliseconds since the stage before:
/// <c>queued</c> until it stood in the queue, <c>poked</c> until the autoscaler knew; where a pod started for it, <c>decided</c> until the
/// runtime had the pod, <c>process</c> until its process was started, <c>app</c> until the application was found ready; <c>ready</c> until the
/// gateway gave it the pod,
/// <c>forwarded</c> until it was on its way, <c>firstbyte</c> until the application's response began; and <c>total</c> from its arrival.
/// </remarks>
public record struct ColdStartTrace
{
    /// <summary>Asks for the stages in the response.</summary>
    public const string RequestHeader = "Kip-Trace";

    public long Received { get; set; }
    public long Queued { get; set; }
    public long Poked { get; set; }
    public long Accepted { get; set; }
    public long Started { get; set; }
    public long AppReady { get; set; }
    public long PodReady { get; set; }
    public long Forwarded { get; set; }
    public long FirstByte { get; set; }
    public long Done { get; set; }

    /// <summary>Whether the request had to wait for a pod.</summary>
    public readonly bool Waited => Queued != 0;

    /// <summary>Takes over when the pod passed the stages of its start, if that was while this request waited.</summary>
    /// <remarks>The runtime's times are of the wall clock; on one machine that is the gateway's too.</remarks>
    public void Explain(PodStartup startup, TimeProvider time)
    {
        var (now, wall) = (time.GetTimestamp(), time.GetUtcNow());
        if (startup is not { Accepted: { } accepted, Started: { } started, Ready: { } ready } || At(accepted) < Received) return;
        (Accepted, Started, AppReady) = (At(accepted), At(started), At(ready));

        long At(DateTimeOffset moment) => now - (long)((wall - moment).TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>The stages so far as the value of a <c>Server-Timing</c> header.</summary>
    public readonly string ToServerTiming(TimeProvider time)
    {
        var last = Received;
        var text = new List<string>(9);
        Add("queued", Queued);
        Add("poked", Poked);
        Add("decided", Accepted);
        Add("process", Started);
        Add("app", AppReady);
        Add("ready", PodReady);
        Add("forwarded", Forwarded);
        Add("firstbyte", FirstByte);
        text.Add(Format(time, "total", Received, last));
        return string.Join(", ", text);

        void Add(string stage, long at)
        {
            if (at == 0) return;
            // Stages may be noted out of order, and the wall clock is coarser: what is past takes no time.
            at = Math.Max(at, last);
            text.Add(Format(time, stage, last, at));
            last = at;
        }
    }

    private static string Format(TimeProvider time, string stage, long from, long to) =>
        string.Create(CultureInfo.InvariantCulture, $"{stage};dur={time.GetElapsedTime(from, Math.Max(from, to)).TotalMilliseconds:0.###}");
}
