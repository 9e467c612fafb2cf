using Kip.Resources;

namespace Kip.Runtime.Deployments;

/// <summary>A Deployment's conditions while they are changed: a time moves only when what it stands for does.</summary>
internal sealed class ConditionSet(ValueList<Condition> before, DateTimeOffset now)
{
    private readonly List<Condition> _conditions = [.. before];

    public Condition? Find(string type) => _conditions.Find(c => c.Type == type);

    public void Set(string type, string status, string reason, string message)
    {
        if (Find(type) is { } same && same.Status == status && same.Reason == reason && same.Message == message) return;
        Touch(type, status, reason, message);
    }

    /// <summary>The same, and counts as news even if nothing differs.</summary>
    public void Touch(string type, string status, string reason, string message)
    {
        var at = _conditions.FindIndex(c => c.Type == type);
        var old = at < 0 ? null : _conditions[at];
        var next = new Condition
        {
            Type = type, Status = status, Reason = reason, Message = message, LastUpdateTime = now,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
        };
        if (at < 0) _conditions.Add(next);
        else _conditions[at] = next;
    }

    public void Remove(string type) => _conditions.RemoveAll(c => c.Type == type);

    public ValueList<Condition> ToValueList() => ValueList.ToValueList(_conditions);
}
