using System.Collections.Concurrent;

namespace Kip.Log;

/// <summary>The thread that does one log's disk work; fsync blocks for longer than a pool thread should.</summary>
internal sealed class FlushThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    internal FlushThread(string name)
    {
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    internal void Post(Action work)
    {
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException)
        {
            // Closed meanwhile: the last thing the thread does is to write all that was accepted.
        }
    }

    /// <summary>Ends the thread after what was posted.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }

        _work.Dispose();
    }
}
