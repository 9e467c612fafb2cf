namespace Kip.Testing.Log;

/// <summary>Holds a log's disk work until told to do it, so that a test decides what goes into a batch.</summary>
public sealed class ManualFlush
{
    private readonly Queue<Action> _work = [];

    /// <summary>For LogOptions.RunFlush.</summary>
    public void Post(Action work) => _work.Enqueue(work);

    /// <summary>Whether there is anything to do.</summary>
    public bool Waiting => _work.Count > 0;

    /// <summary>Does all that waits, and what that asks for.</summary>
    public void Run()
    {
        while (_work.TryDequeue(out var work))
        {
            work();
        }
    }
}
