using System.Diagnostics;

namespace Kip.Bench.Api;

/// <summary>A write, with the timestamps of when it was sent and of when it was answered: then it was on disk.</summary>
internal readonly record struct SentWrite(long Sent, long Answered)
{
    /// <summary>How long it took, in milliseconds.</summary>
    public double Milliseconds => Stopwatch.GetElapsedTime(Sent, Answered).TotalMilliseconds;
}
