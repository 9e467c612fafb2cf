using Kip.Testing.Time;

namespace Kip.Testing.Simulation;

/// <summary>Runs asynchronous code on one thread in an order that a seed decides: the same seed gives the same history.</summary>
/// <remarks>
/// Code under it must stay on its thread: no <c>Task.Run</c>, no <c>ConfigureAwait(false)</c>, channels read with <c>WaitToReadAsync</c> and
/// <c>TryRead</c>, time from the manual clock. What strays is found out and fails the run.
/// </remarks>
public sealed class SeededScheduler(int seed) : SynchronizationContext
{
    private readonly Lock _lock = new();
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly Random _order = new(seed);
    private int _thread = -1;
    private string? _stray;

    public int Seed { get; } = seed;

    /// <summary>For the choices of the simulation itself; apart from the order of the steps.</summary>
    public Random Random { get; } = new(seed ^ 0x5EED);

    /// <summary>How many steps have been run.</summary>
    public long Steps { get; private set; }

    /// <summary>Called after every step: the place to check what must always hold.</summary>
    public Action? AfterStep { get; set; }

    /// <summary>Runs a simulation to its end, moving the clock to the next timer whenever nothing is left to do.</summary>
    /// <param name="simulation">The code to run.</param>
    /// <param name="time">The clock of the code; null when it uses none.</param>
    /// <param name="maxSteps">A run that takes more is taken for endless.</param>
    /// <exception cref="SimulationFailedException">It failed, never ends, waits for nothing, or left the thread. Names the seed.</exception>
    public void Run(Func<Task> simulation, ManualTimeProvider? time = null, long maxSteps = 10_000_000)
    {
        var limit = Steps + maxSteps;
        Enter(() =>
        {
            var task = simulation();
            while (true)
            {
                Drain(limit);
                if (task.IsCompleted) break;
                if (time?.NextTimer is not { } next) throw new InvalidOperationException("nothing is left to do, but it has not ended");
                // Outside the context, so that what the timers set free queues up here instead of running on the spot in the timers' order.
                SetSynchronizationContext(null);
                time.AdvanceTo(next);
                SetSynchronizationContext(this);
            }
            task.GetAwaiter().GetResult();
        });
    }

    /// <summary>Runs something on the scheduler's thread, and then all that follows from it until nothing is left to do. The clock stands.</summary>
    public void RunUntilIdle(Action? first = null, long maxSteps = 10_000_000)
    {
        var limit = Steps + maxSteps;
        Enter(() =>
        {
            first?.Invoke();
            Drain(limit);
        });
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_lock)
        {
            if (_thread != Environment.CurrentManagedThreadId) _stray ??= Environment.StackTrace;
            _ready.Add((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("a one-thread simulation cannot block");

    public override SynchronizationContext CreateCopy() => this;

    private void Enter(Action action)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            action();
            if (_stray is not null) throw new InvalidOperationException($"a continuation came from another thread:\n{_stray}");
        }
        catch (Exception e)
        {
            throw new SimulationFailedException(Seed, Steps, e);
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    private void Drain(long limit)
    {
        while (TryNext(out var callback, out var state))
        {
            if (++Steps > limit) throw new InvalidOperationException($"not idle after {limit} steps");
            callback(state);
            AfterStep?.Invoke();
        }
    }

    private bool TryNext(out SendOrPostCallback callback, out object? state)
    {
        lock (_lock)
        {
            if (_ready.Count == 0)
            {
                (callback, state) = (static _ => { }, null);
                return false;
            }
            var at = _order.Next(_ready.Count);
            (callback, state) = _ready[at];
            _ready[at] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            return true;
        }
    }
}
