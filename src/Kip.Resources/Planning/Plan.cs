namespace Kip.Resources.Planning;

/// <summary>What one reconciliation is to do: edits in order, then the object's new status, then perhaps another look later.</summary>
/// <param name="Edits">Applied in order; the first failure ends the attempt and the key is retried with backoff.</param>
/// <param name="Status">The reconciled object with its new status; written only when it differs from what was read. Null: leave it.</param>
/// <param name="RequeueAfter">Look again after this time even if nothing changes. Null: only when something changes.</param>
public sealed record Plan(ValueList<Edit> Edits, Resource? Status = null, TimeSpan? RequeueAfter = null)
{
    /// <summary>Nothing to do.</summary>
    public static readonly Plan Nothing = new([]);
}
