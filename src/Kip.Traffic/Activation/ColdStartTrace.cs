using System.Globalization;

namespace Kip.Traffic.Activation;

/// <summary>When one request passed each stage of a cold start, in timestamps of the gateway's clock; 0 for a stage it did not have.</summary>
/// <remarks>
/// A request with the header <c>Kip-Trace: 1</c> gets the stages in the response as <c>Server-Timing</c>, in milliseconds since the stage before:
/// <c>queued</c> until it stood in the queue, <c>poked</c> until the autoscaler knew, <c>ready</c> until a pod was seen ready and given to it,
/// <c>forwarded</c> until it was on its way, <c>firstbyte</c> until the application's response began; and <c>total</c> from its arrival.
/// </remarks>
public record struct ColdStartTrace
{
    /// <summary>Asks for the stages in the response.</summary>
    public const string RequestHeader = "Kip-Trace";

    public long Received { get; set; }
    public long Queued { get; set; }
    public long Poked { get; set; }
    public long PodReady { get; set; }
    public long Forwarded { get; set; }
    public long FirstByte { get; set; }
    public long Done { get; set; }

    /// <summary>Whether the request had to wait for a pod.</summary>
    public readonly bool Waited => Queued != 0;

    /// <summary>The stages so far as the value of a <c>Server-Timing</c> header.</summary>
    public readonly string ToServerTiming(TimeProvider time)
    {
        var last = Received;
        var text = new List<string>(6);
        Add("queued", Queued);
        Add("poked", Poked);
        Add("ready", PodReady);
        Add("forwarded", Forwarded);
        Add("firstbyte", FirstByte);
        text.Add(Format(time, "total", Received, last));
        return string.Join(", ", text);

        void Add(string stage, long at)
        {
            if (at == 0) return;
            text.Add(Format(time, stage, last, at));
            last = at;
        }
    }

    private static string Format(TimeProvider time, string stage, long from, long to) =>
        string.Create(CultureInfo.InvariantCulture, $"{stage};dur={time.GetElapsedTime(from, Math.Max(from, to)).TotalMilliseconds:0.###}");
}
