namespace Kip.Rules.Eventing.Delivery;

/// <summary>How many attempts at one subscriber may be under way, and how soon: fewer when it fails, and few and far between when it only fails.</summary>
/// <remarks>
/// Every failure halves the window, every success adds one. After <see cref="BrokenAfter"/> failures without one success the subscriber counts as
/// broken: one attempt at a time, spaced by <see cref="FirstGap"/> and ever more up to <see cref="LongestGap"/>, until one succeeds. So a broken service
/// at zero is woken once in that time, however many events wait for it. It makes no event fail sooner: attempts that cannot be made are not counted.
/// </remarks>
public sealed class CongestionWindow(int limit)
{
    public const int BrokenAfter = 20;
    public static readonly TimeSpan FirstGap = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(5);

    // How many more failures double the gap.
    private const int FailuresPerStep = 5;

    private int _limit = Math.Max(1, limit);
    private int _size = Math.Max(1, limit);

    /// <summary>The most attempts at one time.</summary>
    public int Limit
    {
        get => _limit;
        set
        {
            // A window that was fully open stays so.
            var open = _size == _limit;
            _limit = Math.Max(1, value);
            _size = open ? _limit : Math.Min(_size, _limit);
        }
    }

    /// <summary>How many attempts may be under way now.</summary>
    public int Size => IsBroken ? 1 : _size;

    public int Failures { get; private set; }

    public bool IsBroken => Failures >= BrokenAfter;

    /// <summary>No attempt before this.</summary>
    public DateTimeOffset NotBefore { get; private set; }

    public void Succeeded()
    {
        if (Failures > 0) (Failures, NotBefore) = (0, default);
        if (_size < _limit) _size++;
    }

    public void Failed(DateTimeOffset now)
    {
        Failures++;
        _size = Math.Max(1, _size / 2);
        if (IsBroken) NotBefore = now + Gap(Failures);
    }

    /// <summary>The wait after so many failures in a row; zero while the subscriber does not count as broken.</summary>
    public static TimeSpan Gap(int failures)
    {
        if (failures < BrokenAfter) return TimeSpan.Zero;
        var gap = FirstGap * Math.Pow(2, Math.Min(10, (failures - BrokenAfter) / FailuresPerStep));
        return gap < LongestGap ? gap : LongestGap;
    }
}
