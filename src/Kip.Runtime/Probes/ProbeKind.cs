namespace Kip.Runtime.Probes;

/// <summary>What a probe is for.</summary>
public enum ProbeKind
{
    /// <summary>Has the program come up? The others wait for this one.</summary>
    Startup,

    /// <summary>May it get requests?</summary>
    Readiness,

    /// <summary>Is it still alive? If not it is restarted.</summary>
    Liveness,
}
