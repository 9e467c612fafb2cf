namespace Kip.Rules.Cel.Values;

/// <summary>What evaluating may cost: about one for each step, and one for every ten characters that a function looks at.</summary>
public sealed class CelBudget(long limit)
{
    // What one text may grow to; longer ones come only from expressions that mean harm.
    private const int MaxText = 10 * 1024 * 1024;

    /// <summary>What is left.</summary>
    public long Left { get; private set; } = limit;

    internal void Charge(long cost)
    {
        Left -= cost;
        if (Left < 0) throw new CelBudgetException();
    }

    internal void ChargeText(long length)
    {
        if (length > MaxText) throw new CelBudgetException();
        Charge((length / 10) + 1);
    }
}

/// <summary>The budget is used up. Never leaves this room.</summary>
internal sealed class CelBudgetException() : Exception("operation cancelled: actual cost limit exceeded");
