namespace Kip.Rules.Overload;

/// <summary>One second of a revision's life as the gateway saw it.</summary>
/// <param name="Arrived">Requests that came, those that were refused included.</param>
/// <param name="Served">Requests that a pod has finished.</param>
/// <param name="Waiting">Requests in the queue at its end.</param>
/// <param name="Pods">Pods that took requests at its end.</param>
/// <param name="Slots">Requests that those pods take at a time; 0 for no limit.</param>
/// <param name="MaxPods">More pods the autoscaler may not make; 0 for no limit.</param>
public readonly record struct LoadSecond(int Arrived, int Served, int Waiting, int Pods, int Slots, int MaxPods);

/// <summary>What follows from it for the next second.</summary>
/// <param name="Sheds">Whether requests beyond the limit are refused.</param>
/// <param name="QueueLimit">Requests that may wait while it sheds.</param>
/// <param name="RetryAfterSeconds">When a refused client may come again.</param>
public readonly record struct OverloadVerdict(bool Sheds, int QueueLimit, int RetryAfterSeconds);

/// <summary>Tells an overload from a burst: only what lasts, grows, and no pod is going to help with, is shed.</summary>
/// <remarks>
/// Knative holds every request until a pod is free, and so does Kip while that can be: through a cold start, a scale-up, a burst of any height.
/// When more keep coming than are served and there is no further pod to come, holding them helps nobody: the queue would grow until every client had
/// given up before its turn. From then on as many wait as are served in about a second, and the others are told at once to come again.
/// See docs/decisions/0013-overload.md. Not safe for threads: ticked once a second by one owner.
/// </remarks>
public sealed class OverloadJudge
{
    /// <summary>The seconds over which arrivals and answers are compared.</summary>
    public const int Window = 5;

    /// <summary>In so many of them more must have come than are served: a burst is over before.</summary>
    public const int Growth = 4;

    /// <summary>So many seconds in a row the queue must be too long.</summary>
    public const int Patience = 3;

    /// <summary>Without a new pod for so many seconds none is expected: five decisions of the autoscaler.</summary>
    public const int PodPatience = 10;

    // However slow the service, a few may always wait.
    private const int LeastLimit = 10;

    private const double Growing = 1.2;

    private readonly int[] _arrived = new int[Window];
    private readonly int[] _served = new int[Window];
    private int _at;
    private int _seconds;
    private int _pods;
    private int _podsUnchanged;
    private int _tooLong;
    private int _short;
    private bool _sheds;

    /// <summary>Takes in a second.</summary>
    public OverloadVerdict Tick(LoadSecond second)
    {
        Note(second);
        var served = _served.Sum();
        // What is served in a second, or as many as are served at a time where a request takes longer than that.
        var perSecond = (double)served / Math.Min(_seconds, Window);
        var limit = Math.Max(Math.Max((int)perSecond, second.Slots), LeastLimit);
        _tooLong = second.Waiting > 2 * limit ? _tooLong + 1 : 0;
        _short = second.Waiting <= limit / 2 ? _short + 1 : 0;
        if (_sheds) _sheds = second.Pods > 0 && _short < Patience;
        else _sheds = second.Pods > 0 && _tooLong >= Patience && IsGrowing(perSecond) && NoPodIsComing(second);
        return new(_sheds, limit, perSecond > 0 ? (int)Math.Clamp(Math.Ceiling(limit / perSecond), 1, 30) : 30);
    }

    private void Note(LoadSecond second)
    {
        _at = (_at + 1) % Window;
        (_arrived[_at], _served[_at]) = (second.Arrived, second.Served);
        _seconds = Math.Min(_seconds + 1, Window);
        _podsUnchanged = second.Pods > _pods ? 0 : _podsUnchanged + 1;
        _pods = second.Pods;
    }

    private bool IsGrowing(double servedPerSecond)
    {
        var seconds = 0;
        foreach (var arrived in _arrived)
            if (arrived > Growing * servedPerSecond) seconds++;
        return seconds >= Growth;
    }

    private bool NoPodIsComing(LoadSecond second) => (second.MaxPods > 0 && second.Pods >= second.MaxPods) || _podsUnchanged >= PodPatience;
}
