namespace Kip.Resources.Planning;

/// <summary>What one reconciliation is to do: edits in order, then the object's new status, then perhaps another look later.</summary>
/// <param name="Edits">Applied in order; the first failure ends the attempt and the key is retried with backoff.</param>
/// <param name="Status">The reconciled object with its new status; written only when it differs from what was read. Null: leave it.</param>
/// <param name="RequeueAfter">Look again after this time even if nothing changes. Null: only when something changes.</param>
/// <param name="StatusWithin">
/// The status may be written so much later, because it is about to be overtaken; one that may not wait any more is written at once. Null: at once.
/// </param>
public sealed record Plan(ValueList<Edit> Edits, Resource? Status = null, TimeSpan? RequeueAfter = null, TimeSpan? StatusWithin = null)
{
    /// <summary>Nothing to do.</summary>
    public static readonly Plan Nothing = new([]);

    /// <summary>How long what is said of pods that are coming up from nothing may wait: most are up before, and need the processors for that.</summary>
    public static readonly TimeSpan WhilePodsComeUp = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the steps of an object on its way to Ready may wait to be told: most are overtaken by the next, and each costs a write.</summary>
    public static readonly TimeSpan WhileOnItsWay = TimeSpan.FromMilliseconds(500);
}
