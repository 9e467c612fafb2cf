namespace Kip.Brokers.Topics;

/// <summary>Gathers what a topic has lost, so that it is told at most once a minute and nothing is left out.</summary>
internal sealed class LossReport
{
    /// <summary>How long after one report the next may come.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    // Enough names for a sentence.
    private const int Named = 3;

    private readonly SortedSet<string> _subscriptions = new(StringComparer.Ordinal);
    private long _count;
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>Events were removed that these subscriptions had not finished.</summary>
    public void Add(long count, IEnumerable<string> subscriptions)
    {
        _count += count;
        _subscriptions.UnionWith(subscriptions);
    }

    /// <summary>What is to be told now, if there is anything and it is time.</summary>
    /// <param name="subscriptions">Whose events they were, for a sentence.</param>
    public bool TryTake(DateTimeOffset now, out long count, out string subscriptions)
    {
        (count, subscriptions) = (_count, "");
        if (_count == 0 || now < _next) return false;
        subscriptions = string.Join(", ", _subscriptions.Take(Named)) + (_subscriptions.Count > Named ? $" and {_subscriptions.Count - Named} more" : "");
        _next = now + Every;
        _count = 0;
        _subscriptions.Clear();
        return true;
    }
}
