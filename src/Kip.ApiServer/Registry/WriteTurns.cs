using Kip.ApiServer.Storage;

namespace Kip.ApiServer.Registry;

/// <summary>
/// Lets a change that others keep overtaking go alone: changes are made without a lock and begin again when the object changed meanwhile, which on few
/// processors can go against the same one every time.
/// </summary>
/// <remarks>Whoever is under way without a turn can overtake once more and then waits too, so that a turn ends after a few attempts.</remarks>
internal sealed class WriteTurns
{
    // Overtaken so often, a change no longer counts on luck.
    private const int Free = 8;

    // Objects share turns by their hash: only those of a busy object and its few neighbours wait.
    private readonly Queue[] _queues = [.. Enumerable.Range(0, 64).Select(static _ => new Queue())];

    /// <summary>Waits while others have the turn at this object. To be disposed when the attempt is over.</summary>
    /// <param name="attempt">How often the change was overtaken already.</param>
    public Turn Take(ObjectId id, int attempt)
    {
        var queue = _queues[(uint)id.GetHashCode() % (uint)_queues.Length];
        if (attempt < Free && Volatile.Read(ref queue.Waiting) == 0) return default;
        Interlocked.Increment(ref queue.Waiting);
        queue.Gate.Enter();
        return new Turn(queue);
    }

    internal sealed class Queue
    {
        public readonly Lock Gate = new();
        public int Waiting;
    }

    internal readonly ref struct Turn(Queue? queue)
    {
        public void Dispose()
        {
            if (queue is null) return;
            Interlocked.Decrement(ref queue.Waiting);
            queue.Gate.Exit();
        }
    }
}
