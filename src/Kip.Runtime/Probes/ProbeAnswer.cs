namespace Kip.Runtime.Probes;

/// <summary>What a probe was answered.</summary>
/// <param name="Success">Whether it counts as a success.</param>
/// <param name="Message">If not, why, in the kubelet's words.</param>
public readonly record struct ProbeAnswer(bool Success, string? Message)
{
    public static readonly ProbeAnswer Ok = new(true, null);

    public static ProbeAnswer Failure(string message) => new(false, message);
}
