namespace Kip.Runtime.Probes;

/// <summary>What a probe was answered.</summary>
/// <param name="Success">Whether it counts as a success.</param>
/// <param name="Message">If not, why, in the kubelet's words.</param>
public readonly record struct ProbeAnswer(bool Success, string? Message)
{
    public static readonly ProbeAnswer Ok = new(true, null);

    /// <summary>The status of an answer by HTTP; null when there was none, or the question was another.</summary>
    public int? Code { get; init; }

    public static ProbeAnswer Failure(string message) => new(false, message);
}
